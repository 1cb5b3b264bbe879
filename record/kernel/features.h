// What of BPF the running kernel has, tried: each try loads a program of a few instructions and
// takes it away again. Takes the privileges to load programs.
#pragma once

namespace pgrec {

// Each errno is 0 where the kernel takes it.
struct KernelFeatures {
  int programs = 0;           // programs for probes at all: errno
  int cookies = 0;            // a number that each probe gives its program (Linux 5.15): errno
  int atomics = 0;            // atomic operations that return what was there (5.12): errno
  int kernel_reads = 0;       // reading the kernel's memory: errno
  bool btf = false;           // the kernel's types, for the places of what is read there
  bool uprobe_multi = false;  // one link for many probes (6.6)
};
KernelFeatures try_kernel_features();

// Whether hits of probes for which the kernel ran no program are known: before Linux 6.0 it leaves
// out those that come while another program runs on their CPU, and counts none of them. Tries it,
// which takes the privileges to load a program; false without them.
bool counts_missed_hits();

}  // namespace pgrec

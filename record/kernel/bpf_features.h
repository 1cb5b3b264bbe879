// What of BPF the running kernel has, tried: each try loads a program of a few instructions and
// takes it away again. Takes the privileges to load programs.
#pragma once

namespace pgrec {

// Each errno is 0 where the kernel takes it.
struct BpfFeatures {
  int programs = 0;           // programs for probes at all: errno
  int cookies = 0;            // a number that each probe gives its program (Linux 5.15): errno
  int atomics = 0;            // atomic operations that return what was there (5.12): errno
  int kernel_reads = 0;       // reading the kernel's memory: errno
  bool btf = false;           // the kernel's types, for the places of what is read there
  bool uprobe_multi = false;  // one link for many probes (6.6)
};
BpfFeatures try_bpf_features();

// Whether the kernel takes a program for uprobes that may sleep (6.0).
bool takes_sleepable_programs();

}  // namespace pgrec

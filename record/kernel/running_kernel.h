// What the running kernel is, and what it says of itself and of this process, without a try.
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace pgrec {

// Of the kernel's release, "6.1.0-48-amd64". Distributions carry features back to older versions,
// so what a version lacks is only likely.
struct KernelVersion {
  int major = 0;
  int minor = 0;
  auto operator<=>(const KernelVersion&) const = default;
};

// 0.0 where `release` does not begin with a version.
KernelVersion kernel_version(std::string_view release);
KernelVersion running_kernel();

// "6.1.0-48-amd64", as uname -r.
std::string kernel_release();

// What the kernel keeps even from root (kernel_lockdown(7)).
enum class Lockdown { kNotTold, kNone, kIntegrity, kConfidentiality };

// Of what /sys/kernel/security/lockdown says: "none [integrity] confidentiality".
Lockdown lockdown(std::string_view state);

// What the machine says of itself and of this process.
struct HostFacts {
  std::string release;
  Lockdown lockdown = Lockdown::kNotTold;
  bool bpf = false;             // the kernel is built with bpf()
  bool uprobe_events = false;   // it has perf events for uprobes
  bool user_namespace = false;  // this process is in one that is not the machine's own
  bool seccomp = false;         // a filter looks at its system calls
};
HostFacts host_facts();

}  // namespace pgrec

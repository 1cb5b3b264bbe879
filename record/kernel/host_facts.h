// What the machine says of itself and of this process, without a try.
#pragma once

#include <string>
#include <string_view>

namespace pgrec {

// What the kernel keeps even from root (kernel_lockdown(7)).
enum class Lockdown { kNotTold, kNone, kIntegrity, kConfidentiality };

// Of what /sys/kernel/security/lockdown says: "none [integrity] confidentiality".
Lockdown lockdown(std::string_view state);

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

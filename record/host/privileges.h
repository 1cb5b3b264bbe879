// What this process may do: its capabilities, as far as recording needs them.
#pragma once

#include <string>

namespace pgrec {

struct Privileges {
  bool root = false;     // CAP_SYS_ADMIN, which has the others in it
  bool bpf = false;      // CAP_BPF: loads programs
  bool perfmon = false;  // CAP_PERFMON: these programs may read memory and run at probes

  bool load_programs() const { return root || (bpf && perfmon); }
};

// This process's. All of them where the kernel does not say: it will refuse what is missing.
Privileges own_privileges();

// The capabilities that this process lacks to see other users' processes (their binaries and
// directories), or to read their memory and files too: "CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH are
// missing". Empty where it lacks none.
std::string missing_to_see_processes();
std::string missing_to_read_processes();

}  // namespace pgrec

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

// This process's. All where the kernel does not tell: then its own answers will do.
Privileges own_privileges();

// Of the capabilities that it takes to look at processes of other users (their binaries and
// directories), or also into them, those that are missing: "CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH
// are missing". Empty where none is.
std::string missing_to_see_processes();
std::string missing_to_read_processes();

}  // namespace pgrec

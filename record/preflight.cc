#include "record/preflight.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <initializer_list>
#include <iostream>
#include <string>

#include "format/error.h"
#include "format/units.h"
#include "record/server_binary.h"

namespace pgrec {
namespace {

bool has(const std::array<__user_cap_data_struct, 2>& capabilities, unsigned capability) {
  return (capabilities[capability / 32].effective >> (capability % 32) & 1) != 0;
}

// This process's. All where the kernel does not tell: then its own answers will do.
std::array<__user_cap_data_struct, 2> own_capabilities() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> mine{};
  if (::syscall(SYS_capget, &header, mine.data()) != 0) mine.fill({~0u, ~0u, ~0u});
  return mine;
}

struct Capability {
  unsigned number;
  const char* name;
};

std::string missing(std::initializer_list<Capability> wanted) {
  const auto mine = own_capabilities();
  std::string names;
  std::size_t count = 0;
  for (const Capability& one : wanted) {
    if (has(mine, one.number)) continue;
    names += (count++ > 0 ? " and " : "") + std::string(one.name);
  }
  return count == 0 ? "" : names + (count == 1 ? " is missing" : " are missing");
}

// A path is looked up as the processes see it; where that may not be asked, it can be another file.
void warn_of_unseen(const RecordOptions& options) {
  if (options.exec.find('/') == std::string::npos) return;
  const auto pid = first_unseen(options.pids);
  if (!pid) return;
  std::cerr
      << "pgrec: which file process " << *pid << " sees at " << options.exec << " is not known; "
      << missing_to_see_processes() << "\n"
      << "hint: it is taken for the one seen from here, which is right unless the process runs "
         "in a container or a chroot"
      << std::endl;
}

// Processes that will not be recorded although their binary has the name of the one that is.
void warn_of_older(const RecordingPlan& plan, const std::vector<std::uint32_t>& pids) {
  if (!pids.empty() || plan.binary.path != plan.binary.name) return;
  const auto older = processes_of_an_older(plan.binary.path);
  if (older.empty()) return;
  std::cerr << "pgrec: " << plural(older.size(), "process")
            << (older.size() == 1 ? " still runs" : " still run") << " an older "
            << plan.binary.name << ", which is not recorded\n"
            << "hint: restart the server, or record what runs: -p " << older.front() << std::endl;
}

}  // namespace

std::string missing_to_see_processes() {
  return missing({{CAP_SYS_PTRACE, "CAP_SYS_PTRACE"}});
}

std::string missing_to_read_processes() {
  return missing(
      {{CAP_SYS_PTRACE, "CAP_SYS_PTRACE"}, {CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH"}});
}

void check_attach_privileges(std::string_view method) {
  if (method != "perf_event" || missing({{CAP_SYS_ADMIN, "CAP_SYS_ADMIN"}}).empty()) return;
  throw Error("a perf event for each probe needs root; CAP_SYS_ADMIN is missing",
              "from Linux 6.6 on, and without --attach, CAP_BPF and CAP_PERFMON are enough");
}

void check_privileges(const std::string& hint) {
  const auto mine = own_capabilities();
  if (has(mine, CAP_SYS_ADMIN)) return;
  const bool bpf = has(mine, CAP_BPF);
  const bool perfmon = has(mine, CAP_PERFMON);
  if (bpf && perfmon) return;
  throw Error(std::string("recording needs root, or the capabilities CAP_BPF and CAP_PERFMON") +
                  (bpf       ? "; CAP_PERFMON is missing"
                   : perfmon ? "; CAP_BPF is missing"
                             : ""),
              hint);
}

void warn_of_other_files(const RecordingPlan& plan, const RecordOptions& options) {
  warn_of_unseen(options);
  warn_of_older(plan, options.pids);
}

}  // namespace pgrec

#include "record/preflight.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <initializer_list>
#include <string>

#include "format/error.h"

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

void check_privileges() {
  const auto mine = own_capabilities();
  if (has(mine, CAP_SYS_ADMIN)) return;
  const bool bpf = has(mine, CAP_BPF);
  const bool perfmon = has(mine, CAP_PERFMON);
  if (bpf && perfmon) return;
  throw Error(std::string("recording needs root, or the capabilities CAP_BPF and CAP_PERFMON") +
                  (bpf       ? "; CAP_PERFMON is missing"
                   : perfmon ? "; CAP_BPF is missing"
                             : ""),
              "sudo pgrec record …; the trace can then be analyzed without root");
}

}  // namespace pgrec

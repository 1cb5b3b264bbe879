#include "record/host/privileges.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <initializer_list>

namespace pgrec {
namespace {

bool has(const std::array<__user_cap_data_struct, 2>& capabilities, unsigned capability) {
  return (capabilities[capability / 32].effective >> (capability % 32) & 1) != 0;
}

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

Privileges own_privileges() {
  const auto mine = own_capabilities();
  return {has(mine, CAP_SYS_ADMIN), has(mine, CAP_BPF), has(mine, CAP_PERFMON)};
}

std::string missing_to_see_processes() {
  return missing({{CAP_SYS_PTRACE, "CAP_SYS_PTRACE"}});
}

std::string missing_to_read_processes() {
  return missing(
      {{CAP_SYS_PTRACE, "CAP_SYS_PTRACE"}, {CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH"}});
}

}  // namespace pgrec

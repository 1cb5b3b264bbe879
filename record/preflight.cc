#include "record/preflight.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <string>

#include "format/error.h"

namespace pgrec {
namespace {

bool has(const std::array<__user_cap_data_struct, 2>& capabilities, unsigned capability) {
  return (capabilities[capability / 32].effective >> (capability % 32) & 1) != 0;
}

}  // namespace

void check_privileges() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  std::array<__user_cap_data_struct, 2> mine{};
  if (::syscall(SYS_capget, &header, mine.data()) != 0)
    return;  // then the kernel's own answer will do
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

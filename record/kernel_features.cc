#include "record/kernel_features.h"

#include <sys/utsname.h>

#include <charconv>

#include "record/bpf_features.h"

namespace pgrec {

KernelVersion kernel_version(std::string_view release) {
  KernelVersion version;
  const char* const end = release.data() + release.size();
  const auto major = std::from_chars(release.data(), end, version.major);
  if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.') return {};
  if (std::from_chars(major.ptr + 1, end, version.minor).ec != std::errc()) return {};
  return version;
}

std::string kernel_release() {
  utsname machine{};
  ::uname(&machine);
  return machine.release;
}

KernelVersion running_kernel() {
  return kernel_version(kernel_release());
}

// The kernel ran all of them from the change on that also let such programs sleep (8c7dcb84e3b7).
bool counts_missed_hits() {
  return try_sleepable_program().works();
}

}  // namespace pgrec

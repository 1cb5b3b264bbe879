#include "record/host/kernel_version.h"

#include <sys/utsname.h>

#include "format/print/number.h"

namespace pgrec {

KernelVersion kernel_version(std::string_view release) {
  const std::string_view major = leading_digits(release);
  const std::string_view rest = release.substr(major.size());
  if (!rest.starts_with('.')) return {};
  const auto first = parse_number<int>(major);
  const auto second = parse_number<int>(leading_digits(rest.substr(1)));
  if (!first || !second) return {};
  return {*first, *second};
}

std::string kernel_release() {
  utsname machine{};
  ::uname(&machine);
  return machine.release;
}

KernelVersion running_kernel() {
  return kernel_version(kernel_release());
}

}  // namespace pgrec

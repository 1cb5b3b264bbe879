// Which version the running kernel is.
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

}  // namespace pgrec

#include "record/kernel/refusals.h"

#include <cerrno>

#include "format/frame/file.h"

namespace pgrec {
namespace {

constexpr int kNotSupported = 524;  // ENOTSUPP, which is the kernel's own and no errno

}  // namespace

std::string refusal_reason(int error) {
  if (error == kNotSupported) return "the kernel cannot probe its first instruction";
  return "the kernel refuses the probe: " + reason_of(error);
}

bool is_of_one(int error) {
  return error == kNotSupported || error == EINVAL || error == EIO || error == EOPNOTSUPP ||
         error == ENOEXEC || error == ENOENT || error == EFAULT;
}

}  // namespace pgrec

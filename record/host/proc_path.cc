#include "record/host/proc_path.h"

#include <fmt/core.h>

namespace pgrec {

std::string proc_path(std::uint32_t pid, std::string_view name) {
  return name.empty() ? fmt::format("/proc/{}", pid) : fmt::format("/proc/{}/{}", pid, name);
}

}  // namespace pgrec

#include "record/host/proc_path.h"

#include <sys/stat.h>

#include <fmt/core.h>

namespace pgrec {

std::string proc_path(std::uint32_t pid, std::string_view name) {
  return name.empty() ? fmt::format("/proc/{}", pid) : fmt::format("/proc/{}/{}", pid, name);
}

std::optional<std::uint64_t> pid_namespace(std::uint32_t pid) {
  struct stat space {};
  if (::stat(proc_path(pid, "ns/pid").c_str(), &space) != 0) return std::nullopt;
  return space.st_ino;
}

}  // namespace pgrec

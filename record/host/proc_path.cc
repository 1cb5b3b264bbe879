#include "record/host/proc_path.h"

#include <sys/stat.h>

#include <fmt/core.h>

namespace pgrec {
namespace {

std::optional<std::uint64_t> number_of_namespace(const std::string& path) {
  struct stat space {};
  if (::stat(path.c_str(), &space) != 0) return std::nullopt;
  return space.st_ino;
}

}  // namespace

std::string proc_path(std::uint32_t pid, std::string_view name) {
  return name.empty() ? fmt::format("/proc/{}", pid) : fmt::format("/proc/{}/{}", pid, name);
}

std::optional<std::uint64_t> pid_namespace(std::uint32_t pid) {
  return number_of_namespace(proc_path(pid, "ns/pid"));
}

std::optional<std::uint64_t> own_pid_namespace() {
  return number_of_namespace("/proc/self/ns/pid");
}

}  // namespace pgrec

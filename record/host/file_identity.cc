#include "record/host/file_identity.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>

namespace pgrec {

std::optional<FileIdentity> identity(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return FileIdentity{status.st_dev, status.st_ino};
}

// An absolute link of a container would be followed from this process's own root, so each part of
// the path is looked at by itself.
std::optional<std::string> path_in_root(const std::string& root, const std::string& path) {
  namespace fs = std::filesystem;
  constexpr int kMostLinks = 40;  // as the kernel follows
  int links = 0;
  fs::path done = "/";
  std::string rest = path;
  while (!rest.empty()) {
    const std::size_t slash = std::min(rest.find('/'), rest.size());
    const std::string part = rest.substr(0, slash);
    rest.erase(0, slash + 1);
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      done = done.parent_path();
      continue;
    }
    std::error_code error;
    const fs::path target = fs::read_symlink(root + (done / part).string(), error);
    if (error) {
      done /= part;
      continue;
    }
    if (++links > kMostLinks) return std::nullopt;
    if (target.is_absolute()) done = "/";
    rest = target.string() + "/" + rest;
  }
  std::string found = root + done.string();
  if (!identity(found)) return std::nullopt;
  return found;
}

}  // namespace pgrec

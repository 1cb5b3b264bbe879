// Which file a path stands for: two paths, or one path at two times, may mean the same or not.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>

namespace pgrec {

using FileIdentity = std::pair<dev_t, ino_t>;

// Of the regular file at `path`; nothing where there is none, or it may not be looked at.
std::optional<FileIdentity> identity(const std::string& path);

// `path`, absolute, as a process sees it whose root directory is `root`: with its symbolic links
// resolved inside of that, and `root` before it. Nothing where there is no such file.
std::optional<std::string> path_in_root(const std::string& root, const std::string& path);

}  // namespace pgrec

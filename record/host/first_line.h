// The first line of a file, such as those of /proc and /sys that have one.
#pragma once

#include <string>

namespace pgrec {

// Without its end; empty also where there is no such file, or it cannot be read.
std::string first_line(const std::string& path);

}  // namespace pgrec

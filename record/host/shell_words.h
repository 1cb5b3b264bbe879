// A list of arguments as one line that a shell takes apart into the same arguments.
#pragma once

#include <string>
#include <vector>

namespace pgrec {

// {"sh", "-c", "exit 7"} -> "sh -c 'exit 7'". Words of letters, digits and @%_+=:,./- stand as they
// are; the others in single quotes, where a shell changes nothing.
std::string shell_line(const std::vector<std::string>& arguments);

}  // namespace pgrec

// The files that the arguments of a command name.
#pragma once

#include <string>
#include <vector>

namespace pgrec {

// In their order: a file stands for itself, a directory for the traces directly in it (*.pgt, by
// name), a pattern (*, ?, [) for the files that it matches, where no file has it as its name. A
// file that is named twice is there once. Throws Error with a hint where a directory or a pattern
// has none.
std::vector<std::string> set_paths(const std::vector<std::string>& arguments);

}  // namespace pgrec

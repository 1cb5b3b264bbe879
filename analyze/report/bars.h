// Numbers as the height or the length of blocks, for a look at many of them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace pgrec {

// A character for each value, from ▁ to █, the highest for the largest; a blank for what is 0,
// less, or no number. What is above 0 is never a blank.
std::string sparkline(const std::vector<double>& values);

// A bar of `share`, 0 to 1, of `width` columns, to an eighth of one; without blanks behind it. What
// is above 0 has an eighth at least; what is no number has none.
std::string bar(double share, std::size_t width);

}  // namespace pgrec

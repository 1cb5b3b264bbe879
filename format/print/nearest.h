// "Did you mean": finds the names closest to one that does not exist, for hints.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pgrec {

// At most `most` of `names`, closest first, that are near enough to `wanted` to be worth offering:
// by the Damerau-Levenshtein distance without regard to case (optimal string alignment), at most a
// third of `wanted`'s length, or beginning with `wanted`.
std::vector<std::string> nearest(std::string_view wanted, const std::vector<std::string>& names,
                                 std::size_t most = 3);

}  // namespace pgrec

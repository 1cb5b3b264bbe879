// Percentiles by nearest rank, from all values.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace pgrec::test {

// The smallest of `sorted` that at least `percent` of them do not exceed.
inline std::int64_t smallest_that_covers(const std::vector<std::int64_t>& sorted,
                                         std::size_t percent) {
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const auto covered = static_cast<std::size_t>(
        std::upper_bound(sorted.begin(), sorted.end(), sorted[i]) - sorted.begin());
    if (covered * 100 >= percent * sorted.size()) return sorted[i];
  }
  return -1;
}

}  // namespace pgrec::test

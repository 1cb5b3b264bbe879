// When a trace is full, and what comes then: --max-size ends the recording, --rotate goes on in the
// next file, --keep removes the oldest. And the names of a recording's files.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "format/clock.h"

namespace pgrec {

struct Rotation {
  std::optional<std::uint64_t> part_bytes;  // a part ends about when it has so many
  std::optional<Duration> part_duration;    // a part ends when it is so old
  bool goes_on = false;                     // in a next part; else the recording ends
  std::optional<std::uint64_t> keep;        // so many of the newest parts; none: all
};

// From the values of --max-size, --rotate ("1G", "1h", or both: "1G,1h") and --keep, each empty
// where it was not given. Throws UsageError.
Rotation parse_rotation(const std::string& max_size, const std::string& rotate,
                        const std::string& keep);

// "run1.pgt" -> "run1.pgt", "run1.2.pgt", "run1.3.pgt", … for part 1, 2, 3, …; "run1" -> "run1.2".
std::string part_path(const std::string& path, std::uint64_t part);

// The parts after the first that a recording to `path` may have left, by number.
std::vector<std::string> existing_later_parts(const std::string& path);

}  // namespace pgrec

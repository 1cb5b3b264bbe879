// A time as --from and --to take it.
//
//     1.5s, 250ms                        from the beginning of the set
//     -5s                                before its end
//     2026-11-21T04:41:33.5Z             on the wall clock: UTC, or the zone that stands behind,
//     2026-11-21 04:41, 2026-11-21       such as +02:00
//     04:41:33                           on the day on which the set begins, UTC, or on the next
//                                        where it goes on over midnight
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "analyze/trace/trace_set.h"

namespace pgrec {

struct AskedMoment {
  enum class Kind { kFromBeginning, kBeforeEnd, kWallClock, kTimeOfDay };
  Kind kind = Kind::kFromBeginning;
  std::int64_t ns = 0;  // of the last two: since 1970, since midnight
  bool operator==(const AskedMoment&) const = default;
};

// Throws UsageError that names `option`.
AskedMoment parse_moment(std::string_view text, std::string_view option);

// When it is in the time of the set; it may be before its beginning or behind its end. Of files of
// several clocks, the one that was being recorded then tells. Throws Error that names `option`
// where a wall clock is needed and the files do not tell one.
Timestamp time_of(const AskedMoment& moment, const TraceSet& set, std::string_view option);

// "2026-11-21T04:41:33.5Z", with as many digits as the fraction has: as parse_moment() takes it.
std::string wall_clock_text(std::int64_t realtime_ns);

}  // namespace pgrec

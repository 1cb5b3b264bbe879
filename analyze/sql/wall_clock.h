// Moments of a set as people and tools write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "analyze/trace/trace_set.h"

namespace pgrec {

// "2026-11-21T04:41:33.667491978Z" of nanoseconds since 1970, UTC; before the year 0 and behind
// 9999 as the calendar goes on.
std::string sortable_utc_text(std::int64_t realtime_ns);

// Of a moment of the set, by the clocks of its file; nothing where it has none.
std::optional<std::string> sortable_utc_text(const TraceSet& set, const TraceSet::File& file,
                                             Timestamp at);

}  // namespace pgrec

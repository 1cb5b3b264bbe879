// Moments of a set as people and tools write them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "analyze/trace/trace_set.h"

namespace pgrec {

// "2026-11-21T04:41:33.667491978Z" of nanoseconds since 1970, UTC.
std::string sortable_utc_text(std::int64_t realtime_ns);

// The same of many moments: another one of the same second costs a few nanoseconds.
class SortableUtc {
 public:
  static constexpr std::size_t kLength = 30;  // of every text

  // Stays until the next.
  std::string_view text(std::int64_t realtime_ns);

 private:
  std::int64_t second_ = std::numeric_limits<std::int64_t>::min();  // that text_ is of
  std::string text_;
};

// Of a moment of the set, by the clocks of its file; nothing where it has none.
std::optional<std::string> sortable_utc_text(const TraceSet& set, const TraceSet::File& file,
                                             Timestamp at);

}  // namespace pgrec

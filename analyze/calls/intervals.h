// Time cut into intervals of one length.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "analyze/calls/execution_record.h"
#include "analyze/calls/time_range.h"

namespace pgrec {

class TimeIntervals {
 public:
  static constexpr std::size_t kMost = 10'000;

  // Those that have something of `range`, of a recording that begins at 0 and ends at `last`. They
  // begin at multiples of `length` behind `origin`. Throws UsageError that names `option` where
  // `length` is not above zero, or they would be more than kMost.
  TimeIntervals(const TimeRange& range, Timestamp last, Duration length, const char* option,
                Duration origin = {});
  // Of a round length, such that there are not more than `most` (at least 1) and, where the length
  // is not the shortest, more than a third of that.
  static TimeIntervals round(const TimeRange& range, Timestamp last, std::size_t most);

  std::size_t count() const { return count_; }
  Duration length() const { return length_; }
  Timestamp begin(std::size_t interval) const {
    return from_ + length_ * static_cast<std::int64_t>(interval);
  }
  // Nothing where a time is in none of them.
  std::optional<std::size_t> of(Timestamp at) const {
    if (at < from_) return std::nullopt;
    const auto interval = static_cast<std::size_t>((at - from_).count() / length_.count());
    return interval < count_ ? std::optional(interval) : std::nullopt;
  }
  // Where an execution counts: when it begins.
  std::optional<std::size_t> operator()(const ExecutionRecord& execution) const {
    return of(execution.begun);
  }

 private:
  Duration length_;
  Timestamp from_;
  std::size_t count_ = 0;
};

// The shortest round length that is not below `length`: 1, 2 or 5 with zeros behind it up to a
// second, then as clocks have it: 10, 15 and 30 seconds, minutes, hours, days.
Duration round_length(Duration length);

}  // namespace pgrec

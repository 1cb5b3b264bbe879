// Time in a trace. A Timestamp counts nanoseconds on CLOCK_MONOTONIC from the trace's beginning,
// the moment the recorder opened its probes. The metadata has the wall-clock time of that moment.
#pragma once

#include <chrono>
#include <cstdint>

namespace pgrec {

using Duration = std::chrono::nanoseconds;

// The clock whose epoch is the beginning of a trace. It cannot be asked for the time: timestamps
// come from the kernel.
struct TraceClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<TraceClock>;
};

using Timestamp = TraceClock::time_point;

// Nanoseconds since the beginning of the trace.
inline std::int64_t to_ns(Timestamp t) {
  return t.time_since_epoch().count();
}
inline Timestamp from_ns(std::int64_t ns) {
  return Timestamp(Duration(ns));
}

// The sum, or the longest or shortest duration there is: no file can make it overflow.
inline Duration add_capped(Duration a, Duration b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a.count(), b.count(), &sum)) return Duration(sum);
  return b.count() > 0 ? Duration::max() : Duration::min();
}

inline std::uint64_t add_capped(std::uint64_t a, std::uint64_t b) {
  std::uint64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

}  // namespace pgrec

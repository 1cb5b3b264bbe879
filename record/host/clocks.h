// The clocks of a recording: CLOCK_MONOTONIC times its events, and CLOCK_REALTIME finds them again
// in other programs' logs.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace pgrec {

// CLOCK_MONOTONIC, nanoseconds: the kernel side's clock.
std::uint64_t monotonic_ns();

// One moment on both clocks.
struct Moment {
  std::uint64_t monotonic_ns = 0;
  std::int64_t realtime_ns = 0;  // since 1970, UTC

  // The moment that is `monotonic` on the first clock, near this one.
  Moment moved_to(std::uint64_t monotonic) const {
    return {monotonic, realtime_ns + static_cast<std::int64_t>(monotonic - monotonic_ns)};
  }
};

// A reading of one clock between two of the other.
struct ClockReading {
  std::uint64_t before_ns = 0;   // CLOCK_MONOTONIC
  std::int64_t realtime_ns = 0;  // CLOCK_REALTIME
  std::uint64_t after_ns = 0;    // CLOCK_MONOTONIC
};

// The moment of the reading that took the shortest, with the middle between `before` and `after`.
// It is wrong by at most half of what the reading took. `readings` is not empty.
Moment tightest(std::span<const ClockReading> readings);

// Now: the tightest of a few readings.
Moment now_on_both();

// "2026-03-01T12:30:05Z".
std::string utc_text(std::int64_t realtime_ns);

}  // namespace pgrec

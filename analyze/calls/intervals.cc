#include "analyze/calls/intervals.h"

#include <algorithm>
#include <array>
#include <string>

#include "format/error.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

struct Stretch {
  Timestamp from, last;
};

Stretch stretch_of(const TimeRange& range, Timestamp last) {
  const Timestamp from = std::max(range.from, Timestamp{});
  if (range.to <= last) last = range.to - Duration(1);
  return {from, std::max(from, last)};
}

// Rounded down.
std::int64_t multiple(Duration time, Duration length) {
  const std::int64_t quotient = time.count() / length.count();
  return time.count() % length.count() < 0 ? quotient - 1 : quotient;
}

std::int64_t count_of(const Stretch& stretch, Duration length, Duration origin) {
  return multiple(stretch.last.time_since_epoch() - origin, length) -
         multiple(stretch.from.time_since_epoch() - origin, length) + 1;
}

}  // namespace

Duration round_length(Duration length) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  constexpr std::array<std::int64_t, 16> kClock{1,   2,   5,   10,   15,   30,   60,    120,
                                                300, 600, 900, 1800, 3600, 7200, 21600, 43200};
  for (std::int64_t ten = 1; ten < kSecond; ten *= 10) {
    for (const std::int64_t digit : {1, 2, 5}) {
      if (Duration(digit * ten) >= length) return Duration(digit * ten);
    }
  }
  for (const std::int64_t seconds : kClock) {
    if (Duration(seconds * kSecond) >= length) return Duration(seconds * kSecond);
  }
  constexpr std::int64_t kDay = 86'400 * kSecond;
  std::int64_t days = 1;
  while (Duration(days * kDay) < length && days < 30'000)
    days *= 2;
  return Duration(days * kDay);
}

TimeIntervals::TimeIntervals(const TimeRange& range, Timestamp last, Duration length,
                             const char* option, Duration origin)
    : length_(length) {
  if (length <= Duration{})
    throw UsageError(std::string(option) + ": an interval must be above zero", "1s, 100ms, 1m");
  const Stretch stretch = stretch_of(range, last);
  const std::int64_t count = count_of(stretch, length, origin);
  if (count > static_cast<std::int64_t>(kMost)) {
    throw UsageError(std::string(option) + ": " + count_text(static_cast<std::uint64_t>(count)) +
                         " intervals of " + duration_text(length) + " are too many",
                     "ask for longer ones, or for less time with --from and --to");
  }
  count_ = static_cast<std::size_t>(count);
  from_ = Timestamp(origin + length * multiple(stretch.from.time_since_epoch() - origin, length));
}

TimeIntervals TimeIntervals::round(const TimeRange& range, Timestamp last, std::size_t most) {
  const Stretch stretch = stretch_of(range, last);
  Duration length = round_length((stretch.last - stretch.from + Duration(1)) /
                                 static_cast<std::int64_t>(std::max<std::size_t>(most, 1)));
  while (count_of(stretch, length, {}) > static_cast<std::int64_t>(std::max<std::size_t>(most, 1)))
    length = round_length(length + Duration(1));
  return {range, last, length, ""};
}

}  // namespace pgrec

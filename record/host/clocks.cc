#include "record/host/clocks.h"

#include <algorithm>
#include <array>
#include <ctime>

namespace pgrec {
namespace {

std::int64_t read_clock(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

std::uint64_t monotonic_ns() {
  return static_cast<std::uint64_t>(read_clock(CLOCK_MONOTONIC));
}

Moment tightest(std::span<const ClockReading> readings) {
  const auto best = std::min_element(readings.begin(), readings.end(),
                                     [](const ClockReading& a, const ClockReading& b) {
                                       return a.after_ns - a.before_ns < b.after_ns - b.before_ns;
                                     });
  return {best->before_ns + (best->after_ns - best->before_ns) / 2, best->realtime_ns};
}

Moment now_on_both() {
  std::array<ClockReading, 5> readings{};
  for (ClockReading& reading : readings) {
    reading.before_ns = monotonic_ns();
    reading.realtime_ns = read_clock(CLOCK_REALTIME);
    reading.after_ns = monotonic_ns();
  }
  return tightest(readings);
}

std::string utc_text(std::int64_t realtime_ns) {
  const std::time_t seconds = realtime_ns / 1'000'000'000;
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return {text.data(), length};
}

}  // namespace pgrec

#include "analyze/sql/wall_clock.h"

#include <chrono>

#include <fmt/core.h>

namespace pgrec {

namespace {

constexpr std::size_t kDigits = 9;  // behind the second

// With the fraction of the second left at zero.
std::string text_of_second(std::int64_t second) {
  using namespace std::chrono;
  const sys_seconds at{seconds{second}};
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss time{at - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:0{}}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(), 0,
                     kDigits);
}

}  // namespace

std::string_view SortableUtc::text(std::int64_t realtime_ns) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  std::int64_t second = realtime_ns / kSecond;
  std::int64_t ns = realtime_ns % kSecond;
  if (ns < 0) {
    ns += kSecond;
    --second;
  }
  if (second != second_) {
    text_ = text_of_second(second);
    second_ = second;
  }
  char* digit = text_.data() + text_.size() - 1;  // the Z
  for (std::size_t i = 0; i < kDigits; ++i) {
    *--digit = static_cast<char>('0' + ns % 10);
    ns /= 10;
  }
  return text_;
}

std::string sortable_utc_text(std::int64_t realtime_ns) {
  return std::string(SortableUtc().text(realtime_ns));
}

std::optional<std::string> sortable_utc_text(const TraceSet& set, const TraceSet::File& file,
                                             Timestamp at) {
  const auto realtime = set.realtime_ns(file, at);
  if (!realtime) return std::nullopt;
  return sortable_utc_text(*realtime);
}

}  // namespace pgrec

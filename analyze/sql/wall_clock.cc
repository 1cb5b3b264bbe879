#include "analyze/sql/wall_clock.h"

#include <chrono>

#include <fmt/core.h>

namespace pgrec {

std::string sortable_utc_text(std::int64_t realtime_ns) {
  using namespace std::chrono;
  constexpr std::int64_t kSecond = 1'000'000'000;
  std::int64_t second = realtime_ns / kSecond;
  std::int64_t ns = realtime_ns % kSecond;
  if (ns < 0) {
    ns += kSecond;
    --second;
  }
  std::int64_t day = second / 86400;
  std::int64_t of_day = second % 86400;
  if (of_day < 0) {
    of_day += 86400;
    --day;
  }
  const year_month_day date{sys_days{days{day}}};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     of_day / 3600, of_day / 60 % 60, of_day % 60, ns);
}

std::optional<std::string> sortable_utc_text(const TraceSet& set, const TraceSet::File& file,
                                             Timestamp at) {
  const auto realtime = set.realtime_ns(file, at);
  if (!realtime) return std::nullopt;
  return sortable_utc_text(*realtime);
}

}  // namespace pgrec

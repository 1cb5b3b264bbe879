#include "analyze/filter/moment.h"

#include <fmt/core.h>

#include <chrono>
#include <optional>

#include "format/error.h"
#include "format/print/number.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

constexpr std::int64_t kNsOfSecond = 1'000'000'000;
constexpr std::int64_t kNsOfMinute = 60 * kNsOfSecond;
constexpr std::int64_t kDay = 24 * 60 * kNsOfMinute;
constexpr const char* kForms =
    "write it like 1.5s from the beginning, -5s from the end, 2026-11-21T04:41:33Z or 04:41:33";

// Takes a text apart from its beginning.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // A number of so many digits, at most `most`.
  std::optional<int> number(std::size_t digits, int most) {
    if (rest_.size() < digits || leading_digits(rest_.substr(0, digits)).size() != digits)
      return std::nullopt;
    const auto number = parse_number<int>(rest_.substr(0, digits));
    rest_.remove_prefix(digits);
    return number && *number <= most ? number : std::nullopt;
  }
  // Digits behind a point as nanoseconds; those beyond nine do not count.
  std::optional<std::int64_t> fraction() {
    const std::string_view digits = leading_digits(rest_);
    if (digits.empty()) return std::nullopt;
    std::int64_t ns = 0;
    for (std::size_t i = 0; i < 9; ++i)
      ns = ns * 10 + (i < digits.size() ? digits[i] - '0' : 0);
    rest_.remove_prefix(digits.size());
    return ns;
  }

 private:
  std::string_view rest_;
};

// "04:41", "04:41:33", "04:41:33.25": since midnight.
std::optional<std::int64_t> take_time_of_day(Scanner& in) {
  const auto hour = in.number(2, 23);
  if (!hour || !in.take(':')) return std::nullopt;
  const auto minute = in.number(2, 59);
  if (!minute) return std::nullopt;
  std::int64_t ns = (*hour * 60 + *minute) * kNsOfMinute;
  if (!in.take(':')) return ns;
  const auto second = in.number(2, 60);
  if (!second) return std::nullopt;
  ns += *second * kNsOfSecond;
  if (!in.take('.')) return ns;
  const auto fraction = in.fraction();
  if (!fraction) return std::nullopt;
  return ns + *fraction;
}

// "Z", "+02:00", "-0330", or nothing: how far it is ahead of UTC.
std::optional<std::int64_t> take_zone(Scanner& in) {
  if (in.at_end() || in.take('Z') || in.take('z')) return 0;
  const bool ahead = in.take('+');
  if (!ahead && !in.take('-')) return std::nullopt;
  const auto hours = in.number(2, 23);
  if (!hours) return std::nullopt;
  const bool colon = in.take(':');
  const auto minutes = colon || !in.at_end() ? in.number(2, 59) : 0;
  if (!minutes) return std::nullopt;
  const std::int64_t ns = (*hours * 60 + *minutes) * kNsOfMinute;
  return ahead ? ns : -ns;
}

std::optional<AskedMoment> date_and_time(std::string_view text) {
  Scanner in(text);
  constexpr int kLastYear = 2261;  // in nanoseconds since 1970
  const auto year = in.number(4, kLastYear);
  if (!year || *year < 1970 || !in.take('-')) return std::nullopt;
  const auto month = in.number(2, 12);
  if (!month || !in.take('-')) return std::nullopt;
  const auto day = in.number(2, 31);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  std::int64_t ns = std::chrono::sys_days(date).time_since_epoch().count() * kDay;
  if (in.at_end()) return AskedMoment{AskedMoment::Kind::kWallClock, ns};
  if (!in.take('T') && !in.take('t') && !in.take(' ')) return std::nullopt;
  const auto time = take_time_of_day(in);
  if (!time) return std::nullopt;
  const auto zone = take_zone(in);
  if (!zone || !in.at_end()) return std::nullopt;
  return AskedMoment{AskedMoment::Kind::kWallClock, ns + *time - *zone};
}

std::optional<AskedMoment> time_of_day(std::string_view text) {
  Scanner in(text);
  const auto time = take_time_of_day(in);
  if (!time || (!in.at_end() && !in.take('Z') && !in.take('z')) || !in.at_end())
    return std::nullopt;
  return AskedMoment{AskedMoment::Kind::kTimeOfDay, *time};
}

Timestamp begin_of(const TraceSet::File& file) {
  return Timestamp(file.shift);
}

Timestamp end_of(const TraceSet::File& file) {
  return file.reader.last() + file.shift;
}

// The last file that had begun then; the first one where none had. Files without a wall clock are
// passed over.
const TraceSet::File* file_at(const TraceSet& set, std::int64_t realtime_ns) {
  const TraceSet::File* found = nullptr;
  for (const TraceSet::File& file : set.files()) {
    const auto began = set.realtime_ns(file, begin_of(file));
    if (began && (!found || *began <= realtime_ns)) found = &file;
  }
  return found;
}

// By bisection: the first time of the file at which its wall clock shows as much.
std::optional<Timestamp> at_wall_clock(const TraceSet& set, std::int64_t realtime_ns) {
  const TraceSet::File* const file = file_at(set, realtime_ns);
  if (!file) return std::nullopt;
  Timestamp low = begin_of(*file), high = end_of(*file);
  const std::int64_t at_low = *set.realtime_ns(*file, low);
  const std::int64_t at_high = *set.realtime_ns(*file, high);
  if (realtime_ns <= at_low) return low - Duration(at_low - realtime_ns);
  if (realtime_ns > at_high) return high + Duration(realtime_ns - at_high);
  while (high - low > Duration(1)) {
    const Timestamp middle = low + (high - low) / 2;
    (*set.realtime_ns(*file, middle) >= realtime_ns ? high : low) = middle;
  }
  return high;
}

}  // namespace

AskedMoment parse_moment(std::string_view text, std::string_view option) {
  const auto cannot_be = [&](const char* why) {
    return UsageError(fmt::format("{}: cannot read '{}'{}", option, text, why), kForms);
  };
  const std::size_t digits = leading_digits(text).size();
  if (digits == 4 && text.substr(4).starts_with('-')) {
    if (const auto moment = date_and_time(text)) return *moment;
    throw cannot_be(": it is no date and time");
  }
  if (text.substr(digits).starts_with(':')) {
    if (const auto moment = time_of_day(text)) return *moment;
    throw cannot_be(": it is no time of a day");
  }
  const bool before_end = text.starts_with('-');
  try {
    const Duration duration = parse_duration(text.substr(before_end ? 1 : 0), option);
    return {before_end ? AskedMoment::Kind::kBeforeEnd : AskedMoment::Kind::kFromBeginning,
            duration.count()};
  } catch (const UsageError&) {
    throw cannot_be("");
  }
}

Timestamp time_of(const AskedMoment& moment, const TraceSet& set, std::string_view option) {
  using Kind = AskedMoment::Kind;
  const Duration ns(moment.ns);
  if (moment.kind == Kind::kFromBeginning) return Timestamp(ns);
  if (moment.kind == Kind::kBeforeEnd) return set.last() - ns;
  const TraceSet::File& first = set.files().front();
  const auto began = set.realtime_ns(first, begin_of(first));
  std::optional<Timestamp> found;
  if (moment.kind == Kind::kWallClock) {
    found = at_wall_clock(set, moment.ns);
  } else if (began) {
    const std::int64_t wanted = *began - *began % kDay + moment.ns;
    found = at_wall_clock(set, wanted);
    if (found && wanted < *began) {
      const auto next_day = at_wall_clock(set, wanted + kDay);
      if (next_day && *next_day <= set.last()) found = next_day;
    }
  }
  if (found) return *found;
  throw Error(fmt::format("{}: {} does not tell what time it was", option, first.reader.name()),
              "give the time from the beginning, like 1.5s, or from the end, like -5s");
}

std::string wall_clock_text(std::int64_t realtime_ns) {
  using namespace std::chrono;
  const sys_time<nanoseconds> at{nanoseconds(realtime_ns)};
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss time(at - day);
  std::string fraction;
  if (time.subseconds().count() > 0) {
    fraction = fmt::format(".{:09}", time.subseconds().count());
    fraction.erase(fraction.find_last_not_of('0') + 1);
  }
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     fraction);
}

}  // namespace pgrec

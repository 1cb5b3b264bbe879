#include "analyze/report/timeline_view.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <numeric>

#include "analyze/calls/execution_origins.h"
#include "analyze/calls/heat_map.h"
#include "analyze/filter/moment.h"
#include "analyze/report/bars.h"
#include "format/error.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

constexpr std::size_t kAboutIntervals = 40;

// A line of at most `width` characters, each the largest of as many values.
std::string line_of(const std::vector<std::uint64_t>& values, std::size_t width) {
  const std::size_t most = std::max<std::size_t>(width, 1);
  const std::size_t each = std::max<std::size_t>((values.size() + most - 1) / most, 1);
  std::vector<double> shown;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i % each == 0) shown.push_back(0);
    shown.back() = std::max(shown.back(), static_cast<double>(values[i]));
  }
  return sparkline(shown);
}

bool any_probed(const TraceSet& set) {
  return set.calls() > 0 &&
         std::any_of(set.functions().begin(), set.functions().end(), [](const Function& function) {
           return function.role == Function::Role::kCalls;
         });
}

// The columns behind those that say what a row is of.
void add_figure_columns(Table& table, bool with_share) {
  table.columns.insert(table.columns.end(), {{"executions", "executions", Unit::kCount},
                                             {"errors", "errors", Unit::kCount, Shown::kWhereAny},
                                             {"total_ns", "total", Unit::kDurationNs}});
  if (with_share) table.columns.push_back({"share_percent", "share %", Unit::kRatio});
  table.columns.insert(table.columns.end(), {{"mean_ns", "mean", Unit::kDurationNs},
                                             {"p50_ns", "p50", Unit::kDurationNs},
                                             {"p99_ns", "p99", Unit::kDurationNs},
                                             {"max_ns", "max", Unit::kDurationNs},
                                             {"rows", "rows", Unit::kCount, Shown::kWhereAny}});
}

void add_figures(std::vector<SqlValue>& row, const GroupFigures& all, std::size_t group,
                 std::optional<Duration> of_total) {
  const ExecutionFigures& figures = all.of(group);
  const auto percentiles = all.percentiles(group);
  const bool timed = percentiles.has_value();
  const ExecutionPercentiles known = percentiles.value_or(ExecutionPercentiles{});
  row.insert(row.end(), {as_value(figures.executions), as_value(figures.known_errors()),
                         as_value(figures.total)});
  if (of_total) {
    const auto total = static_cast<double>(of_total->count());
    row.emplace_back(total > 0 ? SqlValue(100 * static_cast<double>(figures.total.count()) / total)
                               : SqlValue());
  }
  row.insert(row.end(), {as_value(figures.mean()), known_or_null(timed, known.p50()),
                         known_or_null(timed, known.p99()), known_or_null(timed, figures.longest),
                         as_value(figures.measures[measure_place("rows")])});
}

Duration total_of(const GroupFigures& figures) {
  Duration total{};
  for (std::size_t group = 0; group < figures.size(); ++group)
    total = add_capped(total, figures.of(group).total);
  return total;
}

void say_not_exact(const GroupFigures& figures, ViewResult& view) {
  const std::string line = not_exact_line(figures);
  if (!line.empty()) view.below.push_back(line);
}

TimeIntervals intervals_of(Analysis& analysis, const TimelineOptions& options) {
  const TimeRange& range = analysis.executions().range;
  const Timestamp last = analysis.set().last();
  if (options.interval.empty()) return TimeIntervals::round(range, last, kAboutIntervals);
  return {range, last, parse_duration(options.interval, "--timeline"), "--timeline"};
}

ViewResult by_time(Analysis& analysis, Duration length) {
  TraceSet& set = analysis.set();
  const auto realtime = set.realtime_ns(set.files().front(), Timestamp{});
  Duration origin{};
  if (realtime && length >= Duration(std::chrono::seconds(1)))
    origin = -Duration(*realtime % length.count());
  const TimeIntervals intervals(analysis.executions().range, set.last(), length, "--by", origin);
  const GroupFigures figures = sum_groups(wanted_executions(analysis), intervals);
  Table table{
      "groups",
      "",
      {{"ts_ns", "at", Unit::kDurationNs}, {"time", "time", Unit::kPlain, Shown::kWhereAny}},
      {}};
  add_figure_columns(table, true);
  const Duration total = total_of(figures);
  for (std::size_t i = 0; i < figures.size(); ++i) {
    if (figures.of(i).executions == 0) continue;
    const Timestamp begin = intervals.begin(i);
    const auto wall = set.realtime_ns(set.files().front(), begin);
    auto& row = table.rows.emplace_back(
        std::vector<SqlValue>{to_ns(begin), wall ? SqlValue(wall_clock_text(*wall)) : SqlValue()});
    add_figures(row, figures, i, total);
  }
  ViewResult view;
  view.tables = {std::move(table)};
  say_not_exact(figures, view);
  return view;
}

ViewResult by_origin(Analysis& analysis, Origin origin, const std::string& what) {
  const OriginPlaces places(origin);
  const GroupFigures figures = sum_groups(wanted_executions(analysis), places);
  std::vector<std::size_t> order(figures.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::erase_if(order, [&](std::size_t group) { return figures.of(group).executions == 0; });
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const Duration of_a = figures.of(a).total, of_b = figures.of(b).total;
    return of_a != of_b ? of_a > of_b : places.name(a) < places.name(b);
  });
  std::string key = what;
  std::replace(key.begin(), key.end(), '-', '_');
  std::string heading = what;
  std::replace(heading.begin(), heading.end(), '-', ' ');
  Table table{"groups", "", {{key, heading}}, {}};
  add_figure_columns(table, true);
  const Duration total = total_of(figures);
  for (const std::size_t group : order) {
    auto& row = table.rows.emplace_back(std::vector<SqlValue>{as_value(places.name(group))});
    add_figures(row, figures, group, total);
  }
  ViewResult view;
  view.tables = {std::move(table)};
  say_not_exact(figures, view);
  return view;
}

std::optional<Duration> length_of(const std::string& what) {
  if (what == "second") return Duration(std::chrono::seconds(1));
  if (what == "minute") return Duration(std::chrono::minutes(1));
  if (what == "hour") return Duration(std::chrono::hours(1));
  const bool is_number = !what.empty() && what.front() >= '0' && what.front() <= '9';
  return is_number ? std::optional(parse_duration(what, "--by")) : std::nullopt;
}

// Text has the intervals in which something ran; the lines above the table show where they are.
void show_what_ran(ViewResult& view) {
  const Table& all = view.tables.front();
  const auto is_zero = [](const SqlValue& value) { return as_double(value) == 0; };
  Table ran = all;
  std::erase_if(ran.rows, [&](const std::vector<SqlValue>& row) {
    return is_zero(row[1]) && is_zero(row.back());
  });
  const std::size_t without = all.rows.size() - ran.rows.size();
  if (ran.rows.empty()) {
    view.nothing = "no executions and no calls";
  } else if (without > 0) {
    view.below.push_back(fmt::format("nothing began in {} of {} intervals", count_text(without),
                                     count_text(all.rows.size())));
  }
  view.screen.emplace({std::move(ran)});
}

}  // namespace

ViewResult timeline_view(Analysis& analysis, const TimelineOptions& options) {
  const TimeIntervals intervals = intervals_of(analysis, options);
  const GroupFigures figures = sum_groups(wanted_executions(analysis), intervals);
  std::vector<std::uint64_t> calls;
  if (any_probed(analysis.set()))
    calls = calls_by_interval(analysis.set(), analysis.calls(), intervals, analysis.options());
  Table table{"timeline", "", {{"ts_ns", "at", Unit::kDurationNs}}, {}};
  add_figure_columns(table, false);
  table.columns.push_back({"calls", "calls", Unit::kCount, Shown::kWhereAny});
  std::vector<std::uint64_t> executions, p99;
  for (std::size_t i = 0; i < intervals.count(); ++i) {
    auto& row = table.rows.emplace_back(std::vector<SqlValue>{to_ns(intervals.begin(i))});
    add_figures(row, figures, i, std::nullopt);
    row.push_back(calls.empty() ? SqlValue() : as_value(calls[i]));
    const auto percentiles = figures.percentiles(i);
    executions.push_back(figures.of(i).executions);
    p99.push_back(percentiles ? histogram_ns(percentiles->p99()) : 0);
  }
  ViewResult view;
  view.tables = {std::move(table)};
  show_what_ran(view);
  view.above = {fmt::format("intervals of {}", duration_text(intervals.length())),
                "executions  " + line_of(executions, options.spark_width),
                "p99         " + line_of(p99, options.spark_width), ""};
  say_not_exact(figures, view);
  return view;
}

ViewResult by_view(Analysis& analysis, const std::string& what) {
  ViewResult view;
  if (const auto origin = origin_of(what)) {
    view = by_origin(analysis, *origin, what);
  } else if (const auto length = length_of(what)) {
    view = by_time(analysis, *length);
  } else {
    throw UsageError("--by: there is no '" + what + "' to count executions by",
                     "database, user, application, client, backend-type, or a time: second, "
                     "minute, hour, 10s");
  }
  view.nothing = "no executions";
  return view;
}

}  // namespace pgrec

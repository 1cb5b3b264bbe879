#include "analyze/report/outlier_view.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "analyze/report/function_rows.h"
#include "analyze/report/statement_view.h"
#include "format/print/printable.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

// A figure of an execution on the average.
struct Figure {
  std::string name;      // what text calls it
  const char* key = "";  // what it is of
  std::string function;
  const char* unit = "";
  double slow = 0, others = 0;
  bool has_others = true;

  double difference() const { return slow - others; }
  SqlValue ratio() const { return has_others && others > 0 ? SqlValue(slow / others) : SqlValue(); }
  // From 0, where they are alike, to 1, where only one side has any.
  double unlikeness() const {
    const double both = std::abs(slow) + std::abs(others);
    return both > 0 ? std::abs(difference()) / both : 0;
  }
};

double share(double sum, std::uint64_t of) {
  return of > 0 ? sum / static_cast<double>(of) : 0;
}

class Figures {
 public:
  Figures(const TraceSet& set, const Outliers& outliers)
      : set_(set), slow_(outliers.slow), others_(outliers.others) {
    add_times();
    add_counts();
  }
  std::vector<Figure> times, counts;
  bool any_unreturned = false;

 private:
  // Only where a side knows it.
  void add(std::vector<Figure>& figures, Figure figure, std::uint64_t slow, std::uint64_t others) {
    if (slow + others == 0) return;
    figure.has_others = others > 0;
    figures.push_back(std::move(figure));
  }

  void add_times() {
    const auto ns = [](Duration duration) { return static_cast<double>(duration.count()); };
    add(times,
        {"duration", "duration", "", "ns", share(ns(slow_.figures.total), slow_.figures.timed),
         share(ns(others_.figures.total), others_.figures.timed)},
        slow_.figures.timed, others_.figures.timed);
    add(times,
        {"prepared in", "prepare", "", "ns", share(ns(slow_.prepare), slow_.prepared),
         share(ns(others_.prepare), others_.prepared)},
        slow_.prepared, others_.prepared);
    const bool self_known = self_times_are_known(set_);
    for (const auto& [function, sums] : both()) {
      const auto& [slow, others] = sums;
      any_unreturned = any_unreturned || slow.at_most + others.at_most > Duration{};
      const std::string name = set_.function_name(function);
      add(times,
          {(self_known ? "self of " : "in ") + name, self_known ? "self" : "total", name, "ns",
           share(ns(self_known ? slow.self : slow.total), slow_.figures.executions),
           share(ns(self_known ? others.self : others.total), others_.figures.executions)},
          slow_.figures.executions, others_.figures.executions);
    }
    std::stable_sort(times.begin(), times.end(), [](const Figure& a, const Figure& b) {
      return std::abs(a.difference()) > std::abs(b.difference());
    });
  }

  void add_counts() {
    for (const auto& [function, sums] : both()) {
      const auto& [slow, others] = sums;
      const std::string name = set_.function_name(function);
      add(counts,
          {"calls of " + name, "calls", name, "calls",
           share(static_cast<double>(slow.calls), slow_.figures.executions),
           share(static_cast<double>(others.calls), others_.figures.executions)},
          slow_.figures.executions, others_.figures.executions);
    }
    for (std::size_t i = 0; i < kMeasures.size(); ++i) {
      const auto sum = [i](const OutlierSide& side) {
        return static_cast<double>(side.figures.measures[i].value_or(0));
      };
      std::string name(kMeasures[i].name);
      std::replace(name.begin(), name.end(), '_', ' ');
      add(counts,
          {name, kMeasures[i].name.data(), "", kMeasures[i].unit.data(),
           share(sum(slow_), slow_.measured[i]), share(sum(others_), others_.measured[i])},
          slow_.measured[i], others_.measured[i]);
    }
    add(counts,
        {"errors", "errors", "", "",
         share(static_cast<double>(slow_.figures.errors), slow_.figures.said),
         share(static_cast<double>(others_.figures.errors), others_.figures.said)},
        slow_.figures.said, others_.figures.said);
    std::stable_sort(counts.begin(), counts.end(), [](const Figure& a, const Figure& b) {
      return a.unlikeness() > b.unlikeness();
    });
  }

  // The sums of each function on both sides.
  std::map<FunctionId, std::pair<FunctionSum, FunctionSum>> both() const {
    std::map<FunctionId, std::pair<FunctionSum, FunctionSum>> functions;
    for (const FunctionSum& sum : slow_.functions.all())
      functions[sum.function].first = sum;
    for (const FunctionSum& sum : others_.functions.all())
      functions[sum.function].second = sum;
    return functions;
  }

  const TraceSet& set_;
  const OutlierSide& slow_;
  const OutlierSide& others_;
};

Table outlier_columns() {
  return {"outliers",
          "",
          {{"figure", "figure"},
           {"function", "function"},
           {"unit", "unit"},
           {"slow", "slowest"},
           {"others", "others"},
           {"ratio", "ratio"},
           {"difference", "difference"}},
          {}};
}

Table side_columns() {
  return {"outlier_sides",
          "",
          {{"side", ""},
           {"executions", ""},
           {"first_ns", ""},
           {"last_ns", ""},
           {"processes", ""},
           {"most_frequent_pid", ""},
           {"executions_of_pid", ""}},
          {}};
}

Table all_figures(const Figures& figures) {
  Table table = outlier_columns();
  for (const std::vector<Figure>* some : {&figures.times, &figures.counts}) {
    for (const Figure& figure : *some) {
      const SqlValue others = figure.has_others ? SqlValue(figure.others) : SqlValue();
      const SqlValue difference = figure.has_others ? SqlValue(figure.difference()) : SqlValue();
      table.rows.push_back({std::string(figure.key), as_value(figure.function),
                            as_value(std::string(figure.unit)), figure.slow, others, figure.ratio(),
                            difference});
    }
  }
  return table;
}

Table shown(const std::vector<Figure>& figures, const char* key, const char* heading, Unit unit) {
  Table table{key,
              "",
              {{"figure", heading},
               {"slow", "slowest", unit},
               {"others", "others", unit},
               {"ratio", "ratio", Unit::kRatio}},
              {}};
  for (const Figure& figure : figures) {
    if (figure.slow == 0 && figure.others == 0) continue;
    table.rows.push_back({figure.name, figure.slow,
                          figure.has_others ? SqlValue(figure.others) : SqlValue(),
                          figure.ratio()});
  }
  return table;
}

std::vector<SqlValue> side_row(const char* name, const OutlierSide& side) {
  if (side.figures.executions == 0)
    return {std::string(name), std::int64_t{0}, {}, {}, std::int64_t{0}, {}, {}};
  const auto [pid, executions] = side.most_frequent_pid();
  return {std::string(name),   as_value(side.figures.executions), to_ns(side.first),
          to_ns(side.last),    as_value(side.by_pid.size()),      std::int64_t{pid},
          as_value(executions)};
}

std::string side_line(const char* name, const OutlierSide& side) {
  const auto [pid, executions] = side.most_frequent_pid();
  return fmt::format(
      "{} began from {} to {}, in {}: {} in pid {}", name,
      duration_text(side.first.time_since_epoch()), duration_text(side.last.time_since_epoch()),
      side.by_pid.size() == 1 ? "one process" : plural(side.by_pid.size(), "process"),
      count_text(executions), pid);
}

// The statement with the most time; nothing where none is wanted.
std::optional<std::size_t> with_most_time(const StatementTotals& sums, std::size_t statements) {
  std::optional<std::size_t> most;
  for (std::size_t place = 0; place < statements; ++place) {
    if (sums.figures.of(place).timed == 0) continue;
    if (!most || sums.figures.of(place).total > sums.figures.of(*most).total) most = place;
  }
  return most;
}

std::vector<std::string> heading_of(const Outliers& outliers, const StatementTable& statements,
                                    std::size_t place, bool is_only) {
  const StatementRow& statement = statements.rows()[place];
  const auto text = statements.text(statement);
  const std::uint64_t slow = outliers.slow.figures.executions;
  const std::uint64_t all = slow + outliers.others.figures.executions;
  return {fmt::format("statement {}{}: {}", statement.id, is_only ? "" : " (the most time)",
                      text ? one_line(*text, 60) : statements.name(statement)),
          all < 100 ? fmt::format("the slowest of {}, {}, against the others",
                                  plural(all, "execution"), duration_text(outliers.from))
                    : fmt::format("the slowest 1 %, {} of {} from {} on, against the others",
                                  count_text(slow), plural(all, "execution"),
                                  duration_text(outliers.from)),
          ""};
}

}  // namespace

ViewResult outlier_view(Analysis& analysis) {
  const WantedExecutions wanted = wanted_executions(analysis);
  const StatementTable& statements = analysis.statements();
  const ExecutionSelection& selection = analysis.executions();
  std::optional<std::size_t> place;
  const bool is_only = selection.by_statement && std::count(selection.statements.begin(),
                                                            selection.statements.end(), true) == 1;
  if (is_only) {
    place = static_cast<std::size_t>(
        std::find(selection.statements.begin(), selection.statements.end(), true) -
        selection.statements.begin());
  } else {
    place =
        with_most_time(statement_sums(analysis, {.functions = false}), statements.rows().size());
  }
  const auto outliers =
      place ? find_outliers(wanted, statements, *place, analysis.calls()) : std::nullopt;
  ViewResult view;
  view.nothing = "no executions of which it is known how long they took";
  if (!outliers) {
    view.tables = {outlier_columns(), side_columns()};
    return view;
  }
  const Figures figures(analysis.set(), *outliers);
  view.tables = {all_figures(figures), side_columns()};
  view.tables[1].rows = {side_row("slow", outliers->slow), side_row("others", outliers->others)};
  view.above = heading_of(*outliers, statements, *place, is_only);
  view.screen.emplace({shown(figures.times, "times", "time of an execution", Unit::kDurationNs)});
  if (!figures.counts.empty())
    view.screen->push_back(shown(figures.counts, "counts", "of an execution", Unit::kRatio));
  view.below.push_back(side_line("the slow ones", outliers->slow));
  if (outliers->others.figures.executions > 0)
    view.below.push_back(side_line("the others", outliers->others));
  if (figures.any_unreturned)
    view.below.emplace_back("calls that did not return are counted, but have no time");
  return view;
}

}  // namespace pgrec

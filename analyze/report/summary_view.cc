#include "analyze/report/summary_view.h"

#include <fmt/core.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "analyze/calls/function_figures.h"
#include "analyze/calls/unreturned_calls.h"
#include "analyze/report/next_step.h"
#include "analyze/report/set_notes.h"
#include "analyze/report/statement_view.h"
#include "format/print/printable.h"
#include "format/print/units.h"
#include "format/trace/missed_hits.h"

namespace pgrec {
namespace {

constexpr std::size_t kTopStatements = 10;

// Of calls that returned; NULL where none did.
Table function_table(Analysis& analysis, const std::vector<FunctionFigures>& functions) {
  Table table{
      "functions",
      "",
      {{.key = "function", .heading = "function", .flexible = true},
       {"calls", "calls", Unit::kCount},
       {.key = "not_returned", .heading = "not returned", .unit = Unit::kCount, .priority = 2},
       {.key = "not_returned_at_most_ns",
        .heading = "they took",
        .unit = Unit::kAtMostNs,
        .shown = Shown::kWhereAny,
        .priority = 1},
       {"total_ns", "total", Unit::kDurationNs},
       {"self_ns", "self", Unit::kDurationNs, Shown::kAlways, "self_at_most_ns"},
       {.key = "mean_ns", .heading = "mean", .unit = Unit::kDurationNs, .priority = 4},
       {"p50_ns", "p50", Unit::kDurationNs},
       {.key = "p90_ns", .heading = "p90", .unit = Unit::kDurationNs, .priority = 3},
       {"p99_ns", "p99", Unit::kDurationNs},
       {"max_ns", "max", Unit::kDurationNs, Shown::kAlways, "max_at_most_ns"},
       {"self_at_most_ns", "", Unit::kDurationNs, Shown::kNever},
       {"max_at_most_ns", "", Unit::kDurationNs, Shown::kNever}},
      {}};
  const auto bounds = unreturned_calls(analysis.set(), analysis.calls(), analysis.options());
  for (const auto& [name, offset, profile, id] : functions) {
    const auto bound = bounds.find(id);
    table.rows.push_back(
        {name, as_value(profile.calls),
         as_value(profile.calls - std::min(profile.calls, profile.returned)),
         bound == bounds.end() ? SqlValue() : as_value(bound->second), as_value(profile.total),
         known_or_null(profile.self_known, profile.self),
         known_or_null(profile.returned > 0, profile.mean()),
         known_or_null(profile.returned > 0, profile.p50),
         known_or_null(profile.returned > 0, profile.p90),
         known_or_null(profile.returned > 0, profile.p99),
         profile.max_known ? known_or_null(profile.returned > 0, profile.max) : SqlValue(),
         known_or_null(!profile.self_known, profile.self),
         known_or_null(!profile.max_known, profile.max)});
  }
  return table;
}

Table statement_table(Analysis& analysis) {
  Table table{"statements",
              "",
              {{"statement_id", "id"},
               {"executions", "executions", Unit::kCount},
               {"errors", "errors", Unit::kCount, Shown::kWhereAny},
               {"total_ns", "total", Unit::kDurationNs},
               {"mean_ns", "mean", Unit::kDurationNs},
               {"rows", "rows", Unit::kCount, Shown::kWhereAny},
               {"fingerprint", "", Unit::kPlain, Shown::kNever},
               {"query_id", "", Unit::kPlain, Shown::kNever},
               {.key = "text", .heading = "statement", .flexible = true}},
              {}};
  const StatementTable& statements = analysis.statements();
  const StatementTotals sums = statement_sums(analysis, {.functions = false, .exact = false});
  const std::size_t rows = measure_place("rows");
  for (const std::size_t place : statements_by_total(sums, statements.rows().size())) {
    if (table.rows.size() == kTopStatements) break;
    const StatementRow& statement = statements.rows()[place];
    const ExecutionFigures& figures = sums.figures.of(place);
    const auto text = statements.text(statement);
    const auto fingerprint = statements.fingerprint(statement);
    const auto& query_id = sums.query_ids[place].id;
    table.rows.push_back({statement.id, as_value(figures.executions),
                          as_value(figures.known_errors()), as_value(figures.total),
                          as_value(figures.mean()), as_value(figures.measures[rows]),
                          as_value(fingerprint), as_value(query_id), as_value(text)});
    table.notes.emplace_back();
    if (!text) table.notes.back().push_back(name_without_text(query_id, fingerprint));
  }
  return table;
}

// Rows of functions without a call, taken out: they are zeros.
std::vector<std::string> take_without_calls(Table& functions) {
  std::vector<std::string> names;
  std::erase_if(functions.rows, [&](const std::vector<SqlValue>& row) {
    if (std::get<std::int64_t>(row[1]) > 0) return false;
    names.push_back(std::get<std::string>(row[0]));
    return true;
  });
  return names;
}

void add_lines(std::vector<std::string>& lines, const std::string& text) {
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
}

}  // namespace

std::string trace_headline(const TraceReader& trace) {
  const auto fact = [&](std::string_view key) {
    return printable(trace.fact(key).value_or("unknown"));
  };
  const std::string version = printable(trace.fact("server.version").value_or(""));
  return fmt::format(
      "{}: {}, {} from {}\n"
      "server: {}{}\n"
      "host:   {}, Linux {}, {} CPUs\n"
      "lost:   {} events{}\n",
      printable(trace.name()), bytes_text(trace.size_bytes()),
      duration_text(trace.last().time_since_epoch()), fact("recorded.at"), fact("server.binary"),
      version.empty() ? "" : ", PostgreSQL " + version, fact("host.name"), fact("host.kernel"),
      fact("host.cpus"), count_text(trace.lost_events()), printable(missed_hits_text(trace)));
}

ViewResult summary_view(Analysis& analysis, Percentiles percentiles,
                        const std::vector<std::string>& words) {
  const auto functions =
      function_figures(analysis.set(), analysis.calls(), {percentiles}, analysis.options());
  ViewResult result;
  result.tables = {function_table(analysis, functions), statement_table(analysis)};
  add_lines(result.above, set_headline(analysis.set()));
  result.screen = result.tables;
  const std::vector<std::string> without_calls = take_without_calls(result.screen->front());
  const bool has_calls = !result.screen->front().rows.empty();
  const bool has_executions = !result.screen->back().rows.empty();
  std::erase_if(*result.screen, [](const Table& table) { return table.rows.empty(); });
  if (!result.screen->empty()) result.above.emplace_back();
  auto part = [&, is_first = true]() mutable {
    if (!std::exchange(is_first, false)) result.below.emplace_back();
  };
  if (!without_calls.empty()) {
    part();
    result.below.push_back(no_calls_line(without_calls));
  }
  if (const std::string notes = not_exact_text(functions); !notes.empty()) {
    part();
    add_lines(result.below, notes);
  }
  if (!has_calls && !has_executions) {
    if (without_calls.empty()) result.below.emplace_back("no calls and no executions");
    return result;
  }
  part();
  std::vector<std::string> next = words;
  next.emplace_back(has_executions ? "--by-query" : "--hist");
  result.below.push_back(next_line(
      next, has_executions ? "where each statement spent its time" : "how long the calls took"));
  return result;
}

}  // namespace pgrec

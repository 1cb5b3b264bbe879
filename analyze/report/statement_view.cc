#include "analyze/report/statement_view.h"

#include <fmt/core.h>

#include <algorithm>

#include "analyze/calls/stored_executions.h"
#include "analyze/report/function_rows.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

constexpr std::size_t kFunctionsOfStatement = 4;

Table statement_columns() {
  return {"statements",
          "",
          {{"statement_id", "id"},
           {"executions", "executions", Unit::kCount},
           {"errors", "errors", Unit::kCount, Shown::kWhereAny},
           {"total_ns", "total", Unit::kDurationNs},
           {.key = "mean_ns", .heading = "mean", .unit = Unit::kDurationNs, .priority = 3},
           {"p50_ns", "p50", Unit::kDurationNs},
           {.key = "p90_ns", .heading = "p90", .unit = Unit::kDurationNs, .priority = 4},
           {"p99_ns", "p99", Unit::kDurationNs},
           {"max_ns", "max", Unit::kDurationNs},
           {"rows", "rows", Unit::kCount, Shown::kWhereAny},
           {.key = "shared_hit",
            .heading = "shared hit",
            .unit = Unit::kCount,
            .shown = Shown::kWhereAny,
            .priority = 7},
           {.key = "shared_read",
            .heading = "shared read",
            .unit = Unit::kCount,
            .shown = Shown::kWhereAny,
            .priority = 5},
           {.key = "wal_bytes",
            .heading = "WAL",
            .unit = Unit::kBytes,
            .shown = Shown::kWhereAny,
            .priority = 6},
           {"fingerprint", "", Unit::kPlain, Shown::kNever},
           {"query_id", "", Unit::kPlain, Shown::kNever},
           {"text", "", Unit::kPlain, Shown::kNever}},
          {}};
}

}  // namespace

std::vector<std::size_t> statements_by_total(const StatementTotals& sums, std::size_t statements) {
  std::vector<std::size_t> places;
  for (std::size_t place = 0; place < statements; ++place) {
    if (sums.has(place)) places.push_back(place);
  }
  std::stable_sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
    return sums.figures.of(a).total > sums.figures.of(b).total;
  });
  return places;
}

StatementTotals statement_sums(Analysis& analysis, const StatementSumsOptions& options) {
  const CallSelection& calls = analysis.calls();
  const bool by_functions_only =
      analysis.executions().is_all() && calls.at_least == Duration{} && !calls.executions;
  if (const StoredExecutions* const stored = analysis.stored();
      stored && by_functions_only && !options.exact) {
    const bool few = stored->executions() <= GroupFigures::kKeptDurations;
    // Of few, percentiles are exact by a pass.
    if (!options.functions || !few) {
      if (auto sums = stored->sums(analysis.statements(), calls, options.functions))
        return std::move(*sums);
    }
  }
  return sum_statements(wanted_executions(analysis), analysis.statements(), calls, options);
}

std::string name_without_text(const std::optional<std::int64_t>& query_id,
                              const std::optional<std::string>& fingerprint) {
  if (query_id) return "query id " + std::to_string(*query_id);
  return fingerprint ? "fingerprint " + *fingerprint : "its text is not known";
}

ViewResult statement_view(Analysis& analysis, const StatementViewOptions& options) {
  const StatementTable& statements = analysis.statements();
  const StatementTotals sums =
      statement_sums(analysis, {.functions = true, .exact = options.exact});
  Table table = statement_columns();
  FunctionRows functions(analysis.set(), "statement_functions", "statement_id",
                         FunctionRows::Order::kByTotal);
  const std::vector<std::size_t> places = statements_by_total(sums, statements.rows().size());
  for (std::size_t place = 0; place < sums.functions.size(); ++place) {
    if (sums.has(place)) functions.add(statements.rows()[place].id, sums.functions[place]);
  }
  const auto measure = [](const ExecutionFigures& figures, std::string_view name) {
    return as_value(figures.measures[measure_place(name)]);
  };
  for (const std::size_t place : places) {
    const StatementRow& statement = statements.rows()[place];
    const ExecutionFigures& figures = sums.figures.of(place);
    const auto percentiles = sums.figures.percentiles(place);
    const auto text = statements.text(statement);
    const auto fingerprint = statements.fingerprint(statement);
    const std::optional<std::int64_t>& query_id = sums.query_ids[place].id;
    const bool timed = percentiles.has_value();
    const ExecutionPercentiles known = percentiles.value_or(ExecutionPercentiles{});
    table.rows.push_back(
        {statement.id, as_value(figures.executions), as_value(figures.known_errors()),
         as_value(figures.total), as_value(figures.mean()), known_or_null(timed, known.p50()),
         known_or_null(timed, known.p90()), known_or_null(timed, known.p99()),
         known_or_null(timed, figures.longest), measure(figures, "rows"),
         measure(figures, "shared_hit"), measure(figures, "shared_read"),
         measure(figures, "wal_bytes"), as_value(fingerprint), as_value(query_id), as_value(text)});
    table.notes.push_back(
        {text ? people_text(*text, Unit::kPlain) : name_without_text(query_id, fingerprint)});
    const std::string line = functions.line(statement.id, kFunctionsOfStatement);
    if (!line.empty()) table.notes.back().push_back("in " + line);
  }
  ViewResult view;
  view.tables = {std::move(table), std::move(functions).table()};
  view.nothing = "no executions";
  if (sums.without_statement > 0) {
    view.below.push_back(fmt::format("beside these: {} of which the text is not known",
                                     plural(sums.without_statement, "execution")));
  }
  if (sums.lost_worker_runs > 0) {
    view.below.push_back(
        fmt::format("not among them: calls of {}, of which it is not known for which statement",
                    plural(sums.lost_worker_runs, "parallel worker run")));
  }
  const std::string not_exact = not_exact_line(sums.figures);
  if (!not_exact.empty())
    view.below.push_back(not_exact + "; --exact reads every execution to find them exactly");
  return view;
}

}  // namespace pgrec

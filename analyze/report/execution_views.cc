#include "analyze/report/execution_views.h"

#include <fmt/core.h>

#include <map>
#include <string>

#include "format/print/join.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

constexpr std::size_t kFunctionsOfStatement = 4;
constexpr std::size_t kFunctionsOfExecution = 3;

// A line for each id of a table of functions (function_columns()): "heap_insert 450 us, …".
class FunctionLines {
 public:
  // `functions`: those of one id by time; `time`: the column of that; `bound`: that of the most
  // that it can be, where it is not known; `most`: how many to name.
  FunctionLines(const Table& functions, std::size_t time, std::size_t bound, std::size_t most) {
    for (const auto& row : functions.rows) {
      auto& line = lines_[std::get<std::int64_t>(row[0])];
      const bool as_bound = !is_null(row[bound]);
      const auto ns = std::get<std::int64_t>(row[as_bound ? bound : time]);
      if (ns == 0) continue;
      if (line.size() == most) line.push_back("…");
      if (line.size() < most) {
        line.push_back(people_text(row[1], Unit::kPlain) + " " +
                       people_text(ns, as_bound ? Unit::kAtMostNs : Unit::kDurationNs));
      }
    }
  }
  // Empty where there is nothing to say.
  std::string of(std::int64_t id) const {
    const auto line = lines_.find(id);
    return line == lines_.end() ? std::string() : join(line->second, ", ");
  }

 private:
  std::map<std::int64_t, std::vector<std::string>> lines_;  // their parts
};

std::vector<Column> function_columns(const char* id) {
  return {{id, ""},        {"function", ""},         {"calls", ""},          {"total_ns", ""},
          {"self_ns", ""}, {"total_at_most_ns", ""}, {"self_at_most_ns", ""}};
}

constexpr const char* kFunctionName =
    "coalesce(f.name, 'function ' || x.function_id)";  // without one where its table is damaged

// The figures of function_columns() out of sums of execution_functions. A self time is not known
// where short calls were filtered: some may have been in it.
std::string function_figures(const Database& executions) {
  auto filtered = executions.prepare("SELECT count(*) FROM functions WHERE short_calls > 0");
  const bool self_known = !filtered.step() || filtered.integer(0) == 0;
  return fmt::format(
      "capped_sum(x.calls), capped_sum(x.total_ns), {}, "
      "CASE WHEN max(x.at_most_ns) > 0 THEN capped_sum(x.total_ns, x.at_most_ns) END, "
      "CASE WHEN {} THEN capped_sum(x.self_ns, x.self_at_most_ns) END",
      self_known ? "capped_sum(x.self_ns)" : "NULL", self_known ? "max(x.at_most_ns) > 0" : "true");
}

Table statement_functions(const Database& executions) {
  auto rows = executions.prepare(
      fmt::format("SELECT e.statement_id, {}, {} "
                  "FROM execution_functions x JOIN execution_rows e USING (execution_id) "
                  "LEFT JOIN functions f USING (function_id) "
                  "WHERE e.kind = 0 AND e.statement_id IS NOT NULL "
                  "GROUP BY e.statement_id, x.function_id "
                  "ORDER BY 1, capped_sum(x.total_ns, x.at_most_ns) DESC, 2",
                  kFunctionName, function_figures(executions)));
  return fill({"statement_functions", "", function_columns("statement_id"), {}}, rows);
}

}  // namespace

std::string name_without_text(const SqlValue& query_id, const SqlValue& fingerprint) {
  if (!is_null(query_id)) return "query id " + people_text(query_id, Unit::kPlain);
  if (!is_null(fingerprint)) return "fingerprint " + people_text(fingerprint, Unit::kPlain);
  return "its text is not known";
}

std::vector<Table> by_query_view(const Database& executions) {
  auto rows = executions.prepare(
      "WITH ranked AS ("
      "  SELECT statement_id, duration_ns AS ns, "
      "         row_number() OVER (PARTITION BY statement_id ORDER BY duration_ns) AS rank, "
      "         count(*) OVER (PARTITION BY statement_id) AS n "
      "  FROM execution_rows WHERE kind = 0 AND duration_ns IS NOT NULL), "
      "times AS ("
      "  SELECT statement_id, n, max(CASE WHEN rank = (n * 50 + 99) / 100 THEN ns END) AS p50, "
      "         max(CASE WHEN rank = (n * 90 + 99) / 100 THEN ns END) AS p90, "
      "         max(CASE WHEN rank = (n * 99 + 99) / 100 THEN ns END) AS p99, max(ns) AS longest "
      "  FROM ranked GROUP BY statement_id) "
      "SELECT s.statement_id, s.executions, s.errors, s.total_ns, s.total_ns / t.n, t.p50, t.p90, "
      "       t.p99, t.longest, s.rows, s.shared_hit, s.shared_read, s.wal_bytes, s.fingerprint, "
      "       s.query_id, s.text "
      "FROM statements s LEFT JOIN times t USING (statement_id) "
      "ORDER BY s.total_ns DESC, s.statement_id");
  Table table = fill({"statements",
                      "",
                      {{"statement_id", "", Unit::kPlain, Shown::kNever},
                       {"executions", "executions", Unit::kCount},
                       {"errors", "errors", Unit::kCount, Shown::kWhereAny},
                       {"total_ns", "total", Unit::kDurationNs},
                       {"mean_ns", "mean", Unit::kDurationNs},
                       {"p50_ns", "p50", Unit::kDurationNs},
                       {"p90_ns", "p90", Unit::kDurationNs},
                       {"p99_ns", "p99", Unit::kDurationNs},
                       {"max_ns", "max", Unit::kDurationNs},
                       {"rows", "rows", Unit::kCount, Shown::kWhereAny},
                       {"shared_hit", "shared hit", Unit::kCount, Shown::kWhereAny},
                       {"shared_read", "shared read", Unit::kCount, Shown::kWhereAny},
                       {"wal_bytes", "WAL", Unit::kBytes, Shown::kWhereAny},
                       {"fingerprint", "", Unit::kPlain, Shown::kNever},
                       {"query_id", "", Unit::kPlain, Shown::kNever},
                       {"text", "", Unit::kPlain, Shown::kNever}},
                      {}},
                     rows);
  Table functions = statement_functions(executions);
  const FunctionLines lines(functions, 3, 5, kFunctionsOfStatement);
  for (const auto& row : table.rows) {
    table.notes.push_back({is_null(row[15]) ? name_without_text(row[14], row[13])
                                            : people_text(row[15], Unit::kPlain)});
    const std::string in_functions = lines.of(std::get<std::int64_t>(row[0]));
    if (!in_functions.empty()) table.notes.back().push_back("in " + in_functions);
  }
  return {std::move(table), std::move(functions)};
}

std::int64_t executions_without_statement(const Database& executions) {
  auto count = executions.prepare(
      "SELECT count(*) FROM execution_rows WHERE kind = 0 AND statement_id IS NULL");
  return count.step() ? count.integer(0) : 0;
}

std::vector<Table> slow_view(const Database& executions, std::int64_t most, Duration threshold,
                             Timestamp end) {
  Table table{"executions",
              "",
              {{"execution_id", "", Unit::kPlain, Shown::kNever},
               {"ts_ns", "at", Unit::kDurationNs},
               {"duration_ns", "duration", Unit::kDurationNs},
               {"outcome", "outcome"},
               {"sqlstate", "sqlstate", Unit::kPlain, Shown::kWhereAny},
               {"pid", "pid"},
               {"database", "database"},
               {"user", "user"},
               {"client", "", Unit::kPlain, Shown::kNever},
               {"application", "application", Unit::kPlain, Shown::kWhereAny},
               {"prepare_ns", "prepare", Unit::kDurationNs, Shown::kWhereAny},
               {"rows", "rows", Unit::kCount, Shown::kWhereAny},
               {"calls", "calls", Unit::kCount},
               {"probed_ns", "in probed", Unit::kDurationNs, Shown::kAlways, "probed_at_most_ns"},
               {"query_id", "", Unit::kPlain, Shown::kNever},
               {"fingerprint", "", Unit::kPlain, Shown::kNever},
               {"text", "query"},
               {"probed_at_most_ns", "", Unit::kPlain, Shown::kNever}},
              {}};
  auto rows = executions.prepare(
      "WITH e AS (SELECT *, CASE outcome WHEN 'open' THEN ?1 - ts_ns ELSE duration_ns END AS ns "
      "           FROM execution_rows WHERE kind = 0), "
      "slow AS (SELECT * FROM e WHERE ns >= ?2 ORDER BY ns DESC, execution_id LIMIT ?3) "
      "SELECT s.execution_id, s.ts_ns, s.ns, s.outcome, s.sqlstate, s.pid, s.database, s.user, "
      "       p.client, s.application, s.prepare_ns, s.rows, "
      "       (SELECT capped_sum(calls) FROM execution_functions x "
      "        WHERE x.execution_id = s.execution_id), "
      "       (SELECT capped_sum(self_ns) FROM execution_functions x "
      "        WHERE x.execution_id = s.execution_id), "
      "       s.query_id, st.fingerprint, t.text, "
      "       (SELECT capped_sum(self_ns, own_at_most_ns) FROM execution_functions x "
      "        WHERE x.execution_id = s.execution_id HAVING max(own_at_most_ns) > 0) "
      "FROM slow s LEFT JOIN processes p USING (process_id) "
      "LEFT JOIN texts t USING (text_id) LEFT JOIN statement_rows st USING (statement_id) "
      "ORDER BY s.ns DESC, s.execution_id");
  rows.bind(1, to_ns(end)).bind(2, std::int64_t{threshold.count()}).bind(3, most);
  table = fill(std::move(table), rows);

  Table functions{"execution_functions", "", function_columns("execution_id"), {}};
  auto calls = executions.prepare(
      fmt::format("SELECT x.execution_id, {}, {} FROM execution_functions x "
                  "LEFT JOIN functions f USING (function_id) "
                  "WHERE x.execution_id = ? GROUP BY x.execution_id, x.function_id "
                  "ORDER BY x.self_ns + x.self_at_most_ns DESC, 2",
                  kFunctionName, function_figures(executions)));
  for (const auto& row : table.rows) {
    calls.bind(1, std::get<std::int64_t>(row[0]));
    functions = fill(std::move(functions), calls);
    calls.run();
  }
  const FunctionLines lines(functions, 4, 6, kFunctionsOfExecution);
  for (const auto& row : table.rows) {
    const std::string in_functions = lines.of(std::get<std::int64_t>(row[0]));
    table.notes.emplace_back();
    if (is_null(row[16])) table.notes.back().push_back(name_without_text(row[14], row[15]));
    if (!in_functions.empty()) table.notes.back().push_back("in " + in_functions);
  }
  return {std::move(table), std::move(functions)};
}

}  // namespace pgrec

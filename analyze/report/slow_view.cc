#include "analyze/report/slow_view.h"

#include "analyze/calls/stored_executions.h"
#include "analyze/report/function_rows.h"
#include "analyze/report/statement_view.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

constexpr std::size_t kFunctionsOfExecution = 3;

Table execution_columns() {
  return {"executions",
          "",
          {{"execution_id", "id"},
           {"ts_ns", "at", Unit::kDurationNs},
           {"duration_ns", "duration", Unit::kDurationNs},
           {"outcome", "outcome"},
           {.key = "sqlstate",
            .heading = "sqlstate",
            .unit = Unit::kPlain,
            .shown = Shown::kWhereAny,
            .priority = 3},
           {"pid", "pid"},
           {.key = "database",
            .heading = "database",
            .unit = Unit::kPlain,
            .shown = Shown::kWhereAny,
            .priority = 2},
           {.key = "user",
            .heading = "user",
            .unit = Unit::kPlain,
            .shown = Shown::kWhereAny,
            .priority = 5},
           {"client", "", Unit::kPlain, Shown::kNever},
           {.key = "application",
            .heading = "application",
            .unit = Unit::kPlain,
            .shown = Shown::kWhereAny,
            .priority = 4},
           {.key = "prepare_ns",
            .heading = "prepare",
            .unit = Unit::kDurationNs,
            .shown = Shown::kWhereAny,
            .priority = 7},
           {.key = "rows",
            .heading = "rows",
            .unit = Unit::kCount,
            .shown = Shown::kWhereAny,
            .priority = 6},
           {"calls", "calls", Unit::kCount, Shown::kWhereAny},
           {"probed_ns", "in probed", Unit::kDurationNs, Shown::kWhereAny, "probed_at_most_ns"},
           {"query_id", "", Unit::kPlain, Shown::kNever},
           {"fingerprint", "", Unit::kPlain, Shown::kNever},
           {"text", "", Unit::kPlain, Shown::kNever},
           {"probed_at_most_ns", "", Unit::kPlain, Shown::kNever}},
          {}};
}

// What all probed functions together come to.
struct Probed {
  explicit Probed(const FunctionSums& functions) {
    for (const FunctionSum& sum : functions.all()) {
      calls = add_capped(calls.value_or(0), sum.calls);
      self = add_capped(self.value_or(Duration{}), sum.self);
      own_at_most = add_capped(own_at_most, sum.own_at_most);
    }
    if (own_at_most > Duration{}) at_most = add_capped(*self, own_at_most);
  }
  std::optional<std::uint64_t> calls;
  std::optional<Duration> self, at_most;
  Duration own_at_most{};
};

// As it was recorded.
std::optional<std::string> recorded_text(const SetTexts& texts, const ExecutionRecord& record) {
  auto text = texts.find(*record.file, record.own_text());
  if (!text || text->withheld || text->unreadable) return std::nullopt;
  return std::move(text->text);
}

}  // namespace

std::vector<SlowExecution> longest_executions(Analysis& analysis, std::size_t n) {
  if (const StoredExecutions* const stored = analysis.stored();
      stored && analysis.executions().is_all()) {
    if (auto longest = stored->longest(n)) return std::move(*longest);
  }
  return longest_executions(wanted_executions(analysis), n);
}

ViewResult slow_view(Analysis& analysis, const SlowViewOptions& options) {
  std::vector<SlowExecution> longest = longest_executions(analysis, options.most);
  const CallSelection& calls = analysis.calls();
  add_calls(wanted_executions(analysis), calls, longest);
  const StatementTable& statements = analysis.statements();
  Table table = execution_columns();
  FunctionRows functions(analysis.set(), "execution_functions", "execution_id",
                         FunctionRows::Order::kBySelf);
  for (const SlowExecution& one : longest) {
    const ExecutionRecord& record = one.record;
    const ExecutionFacts& facts = record.facts;
    const auto id = static_cast<std::int64_t>(value(record.id));
    functions.add(id, one.functions);
    const Probed probed(one.functions);
    const ProcessLives::Life* const process = process_of(record);
    const ProcessIdentity who = process ? process->identity : ProcessIdentity{};
    const Session session = session_of(record);
    const auto statement = statements.of(record);
    const auto fingerprint =
        statement ? statements.fingerprint(statements.rows()[*statement]) : std::nullopt;
    const auto text = recorded_text(statements.texts(), record);
    table.rows.push_back(
        {id, to_ns(record.begun), as_value(one.taken), std::string(outcome_of(record)),
         as_value(facts.sqlstate), std::int64_t{record.thread.pid}, as_value(who.database),
         as_value(session.user), as_value(who.client), as_value(session.application),
         as_value(facts.prepare_ns), as_value(facts.measures[measure_place("rows")]),
         as_value(probed.calls), as_value(probed.self), as_value(facts.query_id),
         as_value(fingerprint), as_value(text), as_value(probed.at_most)});
    table.notes.push_back(
        {text ? people_text(*text, Unit::kPlain) : name_without_text(facts.query_id, fingerprint)});
    const std::string line = functions.line(id, kFunctionsOfExecution);
    if (!line.empty()) table.notes.back().push_back("in " + line);
  }
  ViewResult view;
  view.tables = {std::move(table), std::move(functions).table()};
  const Duration least = analysis.executions().at_least;
  view.nothing = least > Duration{} ? "no executions of at least " + duration_text(least)
                                    : std::string("no executions");
  return view;
}

}  // namespace pgrec

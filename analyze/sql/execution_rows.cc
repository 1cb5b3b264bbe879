#include "analyze/sql/execution_rows.h"

#include <string>

namespace pgrec {
namespace {

using Kind = ExecutionFacts::Kind;
using End = ExecutionFacts::End;

const char* outcome_of(const Execution& execution, const ExecutionFacts& facts) {
  if (execution.end_lost) return "exit-lost";
  if (!execution.duration) return "open";
  if (facts.kind == Kind::kPreparation) return "not-run";
  switch (facts.end) {
    case End::kCompleted:
      return "completed";
    case End::kFailed:
      return "error";
    case End::kSuspended:
      return "suspended";
    case End::kNotSaid:
      break;
  }
  return "ended";
}

std::optional<std::string> known(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

// From when it ran to when it said how it ended.
std::optional<std::int64_t> run_ns(const Execution& execution, const ExecutionFacts& facts) {
  if (!facts.reported || !facts.prepare_ns) return std::nullopt;
  const std::int64_t run = (*facts.reported - execution.begun).count() - *facts.prepare_ns;
  return run < 0 ? std::nullopt : std::optional(run);
}

// Of the parameters of insertion(), the first that is a measure.
constexpr int kFirstMeasure = 20;

std::string insertion() {
  std::string columns =
      "execution_id, pid, ts_ns, duration_ns, text_id, statement_id, kind, outcome, process_id, "
      "query_id, sqlstate, prepare_ns, run_ns, running_ns, leader_pid, application, database, "
      "user, "
      "session_user";
  std::string values = "?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?";
  for (const Measure& measure : kMeasures) {
    columns.append(", ").append(measure.name);
    values += ",?";
  }
  return "INSERT OR IGNORE INTO execution_rows (" + columns + ") VALUES (" + values + ")";
}

constexpr const char* kIndex =
    "CREATE INDEX execution_rows_by_pid ON execution_rows (pid, ts_ns, kind)";

// The one that ran when the worker began.
constexpr const char* kFindLeaders =
    "UPDATE execution_rows AS w SET leader_execution_id = ("
    "  SELECT CASE WHEN l.duration_ns IS NULL OR l.ts_ns + l.duration_ns >= w.ts_ns "
    "         THEN l.execution_id END "
    "  FROM execution_rows l WHERE l.pid = w.leader_pid AND l.ts_ns <= w.ts_ns AND l.kind = 0 "
    "  ORDER BY l.ts_ns DESC LIMIT 1) "
    "WHERE kind = 2";

// Nobody tells a worker a query id.
constexpr const char* kGiveStatementsOfLeaders =
    "UPDATE execution_rows AS w SET statement_id = "
    "  (SELECT statement_id FROM execution_rows l WHERE l.execution_id = w.leader_execution_id) "
    "WHERE kind = 2 AND leader_execution_id IS NOT NULL";

constexpr const char* kGiveCallsToLeaders =
    "UPDATE call_rows SET execution_id = (SELECT leader_execution_id FROM execution_rows e "
    "                                     WHERE e.execution_id = call_rows.execution_id) "
    "WHERE execution_id IN (SELECT execution_id FROM execution_rows "
    "                       WHERE kind = 2 AND leader_execution_id IS NOT NULL)";

constexpr const char* kGiveErrorsToLeaders =
    "UPDATE errors SET execution_id = (SELECT leader_execution_id FROM execution_rows e "
    "                                  WHERE e.execution_id = errors.execution_id) "
    "WHERE execution_id IN (SELECT execution_id FROM execution_rows "
    "                       WHERE kind = 2 AND leader_execution_id IS NOT NULL)";

constexpr const char* kFindExecutionsBefore =
    "UPDATE idle_in_transaction AS i SET execution_id = ("
    "  SELECT CASE WHEN e.process_id IS i.process_id THEN e.execution_id END "
    "  FROM execution_rows e WHERE e.pid = i.pid AND e.ts_ns <= i.ts_ns AND e.kind = 0 "
    "  ORDER BY e.ts_ns DESC LIMIT 1)";

}  // namespace

ExecutionRows::ExecutionRows(const std::vector<EventClass>& classes, const Database& database,
                             const ProcessLives& processes, StatementRows& statements)
    : reader_(classes),
      processes_(processes),
      statements_(statements),
      execution_(database.prepare(insertion())),
      idle_(database.prepare("INSERT INTO idle_in_transaction VALUES (?,?,?,?,?,NULL,?)")) {}

void ExecutionRows::class_event(const Event& event, const ThreadKey& thread,
                                const ThreadState& state, ArgumentReader& arguments) {
  if (reader_.is_idle_in_transaction(event.event_class)) {
    const Idle now{event.ts,
                   reader_.idle_facts(event.event_class, arguments.next(event.event_class))};
    const auto [place, is_new] = idle_now_.try_emplace(thread.pid, now);
    if (is_new) return;
    add_idle(thread.pid, place->second, event.ts);
    place->second = now;
  } else if (reader_.tells_of_executions(event.event_class)) {
    const ArgumentValues values = arguments.next(event.event_class);
    if (state.execution) reader_.add(event, values, facts_[state.execution->id]);
  }
}

void ExecutionRows::execution_ended(const Execution& execution) {
  ExecutionFacts facts;
  if (const auto known = facts_.extract(execution.id)) facts = known.mapped();
  const auto idle = idle_now_.find(execution.pid);
  if (idle != idle_now_.end() && idle->second.from <= execution.begun) {
    add_idle(execution.pid, idle->second, execution.begun);
    idle_now_.erase(idle);
  }
  const ProcessLives::Life* process = processes_.at(execution.pid, execution.begun);
  std::optional<std::int64_t> process_id;
  if (process) process_id = process->process_id;
  if (facts.kind == Kind::kWorkerRun) {
    any_worker_ = true;
    if (!facts.leader_pid && process && process->identity.leader_pid)
      facts.leader_pid = *process->identity.leader_pid;
  }
  std::optional<std::int64_t> duration;
  if (execution.duration) duration = execution.duration->count();

  execution_.bind(1, static_cast<std::int64_t>(value(execution.id)));
  execution_.bind(2, std::int64_t{execution.pid}).bind(3, to_ns(execution.begun));
  const TextId text = facts.text.value_or(execution.text);
  execution_.bind(4, duration).bind(5, std::int64_t{value(text)});
  execution_.bind(6, statements_.statement(text, facts.query_id));
  execution_.bind(7, static_cast<std::int64_t>(facts.kind));
  execution_.bind(8, outcome_of(execution, facts)).bind(9, process_id).bind(10, facts.query_id);
  execution_.bind(11, facts.sqlstate).bind(12, facts.prepare_ns).bind(13, run_ns(execution, facts));
  execution_.bind(14, facts.running_ns).bind(15, facts.leader_pid);
  const Session session = facts.session ? *facts.session : process ? process->session() : Session{};
  execution_.bind(16, known(session.application));
  execution_.bind(17, process ? process->identity.database : std::nullopt);
  execution_.bind(18, known(session.user)).bind(19, known(session.session_user));
  for (std::size_t i = 0; i < facts.measures.size(); ++i)
    execution_.bind(kFirstMeasure + static_cast<int>(i), facts.measures[i]);
  execution_.run();
}

void ExecutionRows::add_idle(std::uint32_t pid, const Idle& idle, std::optional<Timestamp> to) {
  any_idle_ = true;
  const ProcessLives::Life* process = processes_.at(pid, idle.from);
  std::optional<std::int64_t> process_id, duration;
  if (process) process_id = process->process_id;
  if (process && process->process.ended && (!to || *process->process.ended < *to))
    to = process->process.ended;
  if (to && *to >= idle.from) duration = (*to - idle.from).count();
  idle_.bind(1, std::int64_t{pid}).bind(2, process_id).bind(3, to_ns(idle.from));
  idle_.bind(4, duration).bind(5, idle.facts.aborted).bind(6, idle.facts.running_ns).run();
}

void ExecutionRows::finish(Database& database) {
  for (const auto& [pid, idle] : idle_now_)
    add_idle(pid, idle, std::nullopt);
  idle_now_.clear();
  statements_.finish(database);
  if (any_idle_ || any_worker_) database.execute(kIndex);
  if (any_worker_) {
    database.execute(kFindLeaders);
    database.execute(kGiveStatementsOfLeaders);
    database.execute(kGiveCallsToLeaders);
    database.execute(kGiveErrorsToLeaders);
  }
  if (any_idle_) database.execute(kFindExecutionsBefore);
}

}  // namespace pgrec

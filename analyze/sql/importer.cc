#include "analyze/sql/importer.h"

#include <algorithm>
#include <vector>

#include "analyze/calls/call_builder.h"
#include "analyze/calls/filtered_calls.h"
#include "analyze/sql/error_rows.h"
#include "analyze/sql/execution_rows.h"
#include "analyze/sql/function_bounds.h"
#include "analyze/sql/function_rows.h"
#include "analyze/sql/function_times.h"
#include "analyze/sql/schema.h"
#include "analyze/sql/statement_rows.h"
#include "analyze/trace/process_lives.h"

namespace pgrec {
namespace {

template <typename Id>
std::int64_t key(Id id) {
  return static_cast<std::int64_t>(value(id));
}

template <typename Id>
std::optional<std::int64_t> key(std::optional<Id> id) {
  if (!id) return std::nullopt;
  return key(*id);
}

std::optional<std::int64_t> ns(std::optional<Duration> duration) {
  if (!duration) return std::nullopt;
  return duration->count();
}

// Writes executions and errors, and what the calls without a return can have taken.
class RowsWithBounds {
 public:
  RowsWithBounds(ExecutionRows& executions, ErrorRows& errors, FunctionBounds& bounds)
      : executions_(executions), errors_(errors), bounds_(bounds) {}

  void class_event(const Event& event, const ThreadKey& thread, const ThreadState& state,
                   ArgumentReader& arguments) {
    if (errors_.tells(event.event_class))
      errors_.add(event, thread, state, arguments.next(event.event_class));
    else
      executions_.class_event(event, thread, state, arguments);
  }
  void execution_ended(const Execution& execution) { executions_.execution_ended(execution); }
  template <typename Ended>
  void call_ended(const Ended& call) {
    bounds_.call_ended(call);
  }

 private:
  ExecutionRows& executions_;
  ErrorRows& errors_;
  FunctionBounds& bounds_;
};

// Writes calls too, and adds up the functions' figures on the way.
class AllRows : public RowsWithBounds {
 public:
  AllRows(ExecutionRows& executions, ErrorRows& errors, FunctionBounds& bounds,
          FunctionRows& functions, const Database& database)
      : RowsWithBounds(executions, errors, bounds),
        functions_(functions),
        call_(database.prepare(
            "INSERT OR IGNORE INTO call_rows VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)")) {}

  void call_ended(const Call& call) {
    RowsWithBounds::call_ended(call);
    functions_.add(call);
    const bool self_known = functions_.self_is_known();
    call_.bind(1, key(call.id)).bind(2, to_ns(call.begun)).bind(3, ns(call.duration));
    call_.bind(4, self_known ? ns(call.self) : std::nullopt);
    call_.bind(5, std::int64_t{call.thread.pid}).bind(6, std::int64_t{call.thread.tid});
    call_.bind(7, key(call.function)).bind(8, std::int64_t{call.depth});
    call_.bind(9, key(call.parent)).bind(10, key(call.execution));
    call_.bind(11, static_cast<std::int64_t>(call.outcome)).bind(12, ns(call.at_most));
    call_.bind(13, ns(call.self && !self_known ? call.self : call.self_at_most)).run();
  }

 private:
  FunctionRows& functions_;
  Statement call_;
};

// Writes executions, and what their calls come to.
class RowsWithFunctionTimes : public RowsWithBounds {
 public:
  RowsWithFunctionTimes(ExecutionRows& executions, ErrorRows& errors, FunctionBounds& bounds,
                        FunctionTimes& times)
      : RowsWithBounds(executions, errors, bounds), times_(times) {}

  template <typename Ended>
  void call_ended(const Ended& call) {
    RowsWithBounds::call_ended(call);
    times_.call_ended(call);
  }
  void execution_ended(const Execution& execution) {
    RowsWithBounds::execution_ended(execution);
    times_.execution_ended(execution.id);
  }

 private:
  FunctionTimes& times_;
};

void import_functions(const TraceReader& trace, const Database& database) {
  auto insert = database.prepare(
      "INSERT OR IGNORE INTO functions (function_id, name, binary, build_id, file_offset) VALUES "
      "(?,?,?,?,?)");
  for (const Function& function : trace.functions()) {
    if (function.role != Function::Role::kCalls) continue;
    insert.bind(1, key(function.id)).bind(2, function.name).bind(3, function.binary);
    insert.bind(4, function.build_id)
        .bind(5, static_cast<std::int64_t>(function.file_offset))
        .run();
  }
  auto update = database.prepare(
      "UPDATE functions SET fired = ?, recorded = ?, filtered = ?, short_calls = ?, short_ns = ? "
      "WHERE function_id = ?");
  const auto number = [](std::uint64_t count) { return static_cast<std::int64_t>(count); };
  for (const auto& [function, account] : trace.accounts()) {
    update.bind(1, number(account.fired)).bind(2, number(account.recorded));
    update.bind(3, number(account.filtered)).bind(4, number(account.short_calls.count()));
    update.bind(5, account.short_calls.total().count()).bind(6, key(function)).run();
  }
  auto outcome = database.prepare("INSERT INTO outcomes VALUES (?,?)");
  for (unsigned i = 0; i < kOutcomes; ++i) {
    outcome.bind(1, std::int64_t{i}).bind(2, name(static_cast<Outcome>(i))).run();
  }
}

void import_losses(const TraceReader& trace, const Database& database) {
  auto insert = database.prepare("INSERT INTO losses VALUES (?,?,?,?,?,?)");
  for (const Loss& loss : trace.losses()) {
    insert.bind(1, loss.cause).bind(2, trace.function_name(loss.function));
    insert.bind(3, static_cast<std::int64_t>(loss.events)).bind(4, to_ns(loss.from));
    std::optional<std::int64_t> cpu;
    if (loss.cpu) cpu = *loss.cpu;
    insert.bind(5, to_ns(loss.to)).bind(6, cpu).run();
  }
}

std::optional<std::int64_t> ns(const std::optional<Timestamp>& time) {
  if (!time) return std::nullopt;
  return to_ns(*time);
}

void import_processes(const ProcessLives& processes, const Database& database) {
  auto insert = database.prepare("INSERT INTO processes VALUES (?,?,?,?,?,?,?,?,?,?,?)");
  const auto text_or_null = [](const std::string& text) {
    return text.empty() ? std::nullopt : std::optional<std::string_view>(text);
  };
  for (const auto& [pid, lives] : processes.all()) {
    for (const auto& [start, life] : lives) {
      insert.bind(1, life.process_id).bind(2, std::int64_t{pid});
      insert.bind(3, life.identity.backend_type).bind(4, life.identity.database);
      insert.bind(5, life.identity.user).bind(6, life.identity.client);
      insert.bind(7, life.process.title).bind(8, text_or_null(life.process.application));
      std::optional<std::int64_t> leader;
      if (life.identity.leader_pid) leader = *life.identity.leader_pid;
      insert.bind(9, leader).bind(10, ns(life.process.started)).bind(11, ns(life.process.ended));
      insert.run();
    }
  }
}

void import_damages(const TraceReader& trace, const Database& database) {
  auto insert = database.prepare("INSERT INTO damages VALUES (?,?,?)");
  for (const Damage& damage : trace.damages()) {
    insert.bind(1, static_cast<std::int64_t>(damage.offset));
    insert.bind(2, static_cast<std::int64_t>(damage.bytes)).bind(3, damage.reason).run();
  }
}

void import_clocks(const TraceReader& trace, const Database& database) {
  auto insert = database.prepare("INSERT INTO clocks VALUES (?,?)");
  for (const ClockSample& sample : trace.clocks())
    insert.bind(1, to_ns(sample.at)).bind(2, sample.realtime_ns).run();
}

void import_meta(const TraceReader& trace, const Database& database) {
  auto insert = database.prepare("INSERT OR REPLACE INTO meta VALUES (?,?)");
  const auto add = [&](std::string_view fact, std::string_view value) {
    insert.bind(1, fact).bind(2, value).run();
  };
  for (const auto& [fact, value] : trace.metadata())
    add(fact, value);
  add("trace.file", trace.name());
  add("trace.format", trace.header().version());
  add("trace.bytes", std::to_string(trace.size_bytes()));
  add("trace.duration_ns", std::to_string(to_ns(trace.last())));
  add("trace.closed", trace.closed() ? "yes" : "no");
}

}  // namespace

void import_trace(TraceReader& trace, Database& database, ImportScope scope) {
  database.execute("BEGIN");
  database.execute(kSchema);
  import_functions(trace, database);
  StatementRows statements(database);
  trace.for_each_text([&](const Text& text) { statements.add(text); });
  const ProcessLives processes(trace.processes());
  import_processes(processes, database);
  ExecutionRows executions(trace.classes(), database, processes, statements);
  ErrorRows errors(trace.classes(), database, processes);
  FunctionBounds bounds;
  switch (scope) {
    case ImportScope::kExecutions: {
      RowsWithBounds rows(executions, errors, bounds);
      build_calls(trace, rows);
      executions.finish(database);
      break;
    }
    case ImportScope::kFunctionTimes: {
      FunctionTimes times(database);
      RowsWithFunctionTimes rows(executions, errors, bounds, times);
      build_calls(trace, rows);
      executions.finish(database);
      times.finish(database);
      break;
    }
    case ImportScope::kEverything: {
      FunctionRows functions(filtered_calls(trace));
      AllRows rows(executions, errors, bounds, functions, database);
      build_calls(trace, rows);
      functions.write(database);
      executions.finish(database);
      break;
    }
  }
  bounds.write(database);
  import_losses(trace, database);
  import_damages(trace, database);
  import_clocks(trace, database);
  import_meta(trace, database);
  database.execute("COMMIT");
}

}  // namespace pgrec

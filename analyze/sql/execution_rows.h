// Writes executions, preparations, workers' runs and idle times into the database as a pass over a
// trace finds them. A sink for build_calls() (analyze/calls/call_builder.h).
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "analyze/calls/execution_facts.h"
#include "analyze/sql/database.h"
#include "analyze/sql/statement_rows.h"
#include "analyze/trace/process_lives.h"
#include "format/thread_state.h"

namespace pgrec {

class ExecutionRows {
 public:
  // Borrows the last three.
  ExecutionRows(const std::vector<EventClass>& classes, const Database& database,
                const ProcessLives& processes, StatementRows& statements);

  template <typename Ended>
  void call_ended(const Ended& /*call*/) {}
  void class_event(const Event& event, const ThreadKey& thread, const ThreadState& state,
                   ArgumentReader& arguments);
  void execution_ended(const Execution& execution);

  // After the pass: ends the idle times that nothing ended, and finds what each row belongs to.
  // Calls of workers that are in `database` by then belong to their leaders' executions.
  void finish(Database& database);

 private:
  struct Idle {
    Timestamp from{};
    ExecutionFactReader::IdleFacts facts;
  };
  void add_idle(std::uint32_t pid, const Idle& idle, std::optional<Timestamp> to);

  ExecutionFactReader reader_;
  const ProcessLives& processes_;
  StatementRows& statements_;
  Statement execution_, idle_;
  std::map<ExecutionId, ExecutionFacts> facts_;  // of executions that run
  std::map<std::uint32_t, Idle> idle_now_;       // by pid
  bool any_idle_ = false;
  bool any_worker_ = false;
};

}  // namespace pgrec

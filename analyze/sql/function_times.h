// Adds up the calls of each execution by function, and writes a row for each into the relation
// `execution_functions`: what --by-query and --slow say of where the time went. Holds the sums of
// executions that run.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analyze/sql/database.h"
#include "format/thread_state.h"

namespace pgrec {

class FunctionTimes {
 public:
  // Creates the relation.
  explicit FunctionTimes(Database& database);

  void call_ended(const EndedCall& call) {
    if (call.opened().execution == kNoExecution) return;
    if (!call.returned()) return call_ended(static_cast<Call>(call));
    Sum& sum = sum_of(call.opened().execution, call.opened().function);
    ++sum.calls;
    add(sum, call.duration(), call.self());
  }
  void call_ended(const Call& call) {
    if (!call.execution) return;
    Sum& sum = sum_of(*call.execution, call.function);
    ++sum.calls;
    if (call.duration) add(sum, *call.duration, *call.self);
    if (call.at_most) add_bounds(sum, call);
  }
  // Writes what its calls came to by now; more of them may still end.
  void execution_ended(ExecutionId execution);
  // Writes the rest. Then adds what workers ran to the executions they worked for, by
  // `execution_rows`.
  void finish(Database& database);

 private:
  struct Sum {
    FunctionId function{};
    std::int64_t calls = 0;
    Duration total{}, self{};  // of those that returned
    // Of those that ended without a return: the most that these can have been; and the share of the
    // latter that is in no such call inside.
    Duration at_most{}, self_at_most{}, own_at_most{};
  };
  // A call that ended without a return. What was abandoned together ends together, from the inside.
  struct Abandoned {
    ThreadKey thread;
    ExecutionId execution = kNoExecution;
    std::uint32_t depth = 0;
    Timestamp ended{};
    Duration self_at_most{};
  };
  using Sums = std::vector<Sum>;

  static void add(Sum& sum, Duration total, Duration self) {
    sum.total = add_capped(sum.total, total);
    sum.self = add_capped(sum.self, self);
  }
  void add_bounds(Sum& sum, const Call& call);
  Sum& sum_of(ExecutionId execution, FunctionId function);
  void write(ExecutionId execution, const Sums& sums);
  void write_all();

  Statement row_;
  std::unordered_map<ExecutionId, Sums> sums_;
  ExecutionId last_ = kNoExecution;  // the one asked for last
  Sums* sums_of_last_ = nullptr;
  Abandoned abandoned_;  // the last one
};

}  // namespace pgrec

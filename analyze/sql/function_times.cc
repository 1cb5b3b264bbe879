#include "analyze/sql/function_times.h"

#include <algorithm>
#include <string>

namespace pgrec {
namespace {

// So many executions may wait, such as those whose calls end after them.
constexpr std::size_t kMostHeld = 1u << 14;

constexpr const char* kCreate =
    "CREATE TABLE execution_functions (execution_id INTEGER, function_id INTEGER, "
    "calls INTEGER NOT NULL, total_ns INTEGER NOT NULL, self_ns INTEGER NOT NULL, "
    "at_most_ns INTEGER NOT NULL, self_at_most_ns INTEGER NOT NULL, "
    "own_at_most_ns INTEGER NOT NULL, "
    "PRIMARY KEY (execution_id, function_id)) WITHOUT ROWID";

// Adds `rows` to those that are there. A sum that is too large becomes the largest number.
std::string adding(const char* rows) {
  std::string sql = std::string("INSERT INTO execution_functions ") + rows +
                    " ON CONFLICT DO UPDATE SET calls = calls + excluded.calls";
  for (const std::string sum :
       {"total_ns", "self_ns", "at_most_ns", "self_at_most_ns", "own_at_most_ns"}) {
    sql += ", " + sum + " = CAST(" + sum + " + excluded." + sum + " AS INTEGER)";
  }
  return sql;
}

// What a worker ran becomes a part of its leader's execution.
constexpr const char* kOfLeaders =
    "SELECT e.leader_execution_id, f.function_id, capped_sum(f.calls), capped_sum(f.total_ns), "
    "capped_sum(f.self_ns), capped_sum(f.at_most_ns), capped_sum(f.self_at_most_ns), "
    "capped_sum(f.own_at_most_ns) "
    "FROM execution_functions f JOIN execution_rows e USING (execution_id) "
    "WHERE e.kind = 2 AND e.leader_execution_id IS NOT NULL GROUP BY 1, 2";

Database& with_relation(Database& database) {
  database.execute(kCreate);
  return database;
}

}  // namespace

FunctionTimes::FunctionTimes(Database& database)
    : row_(with_relation(database).prepare(adding("VALUES (?,?,?,?,?,?,?,?)"))) {}

FunctionTimes::Sum& FunctionTimes::sum_of(ExecutionId execution, FunctionId function) {
  if (execution != last_) {
    if (sums_.size() >= kMostHeld) write_all();
    sums_of_last_ = &sums_[execution];
    last_ = execution;
  }
  for (Sum& sum : *sums_of_last_) {
    if (sum.function == function) return sum;
  }
  Sum& sum = sums_of_last_->emplace_back();
  sum.function = function;
  return sum;
}

void FunctionTimes::add_bounds(Sum& sum, const Call& call) {
  const Abandoned now{call.thread, *call.execution, call.depth, call.begun + *call.at_most,
                      *call.self_at_most};
  Duration own = now.self_at_most;
  if (abandoned_.thread == now.thread && abandoned_.execution == now.execution &&
      abandoned_.depth == now.depth + 1 && abandoned_.ended == now.ended) {
    own = std::max(own - abandoned_.self_at_most, Duration{});
  }
  sum.at_most = add_capped(sum.at_most, *call.at_most);
  sum.self_at_most = add_capped(sum.self_at_most, now.self_at_most);
  sum.own_at_most = add_capped(sum.own_at_most, own);
  abandoned_ = now;
}

void FunctionTimes::write(ExecutionId execution, const Sums& sums) {
  for (const Sum& sum : sums) {
    row_.bind(1, static_cast<std::int64_t>(value(execution)));
    row_.bind(2, std::int64_t{value(sum.function)}).bind(3, sum.calls);
    row_.bind(4, sum.total.count()).bind(5, sum.self.count()).bind(6, sum.at_most.count());
    row_.bind(7, sum.self_at_most.count()).bind(8, sum.own_at_most.count()).run();
  }
}

void FunctionTimes::write_all() {
  for (const auto& [execution, sums] : sums_)
    write(execution, sums);
  sums_.clear();
  last_ = kNoExecution;
}

void FunctionTimes::execution_ended(ExecutionId execution) {
  const auto sums = sums_.extract(execution);
  if (!sums) return;
  write(execution, sums.mapped());
  last_ = kNoExecution;
}

void FunctionTimes::finish(Database& database) {
  write_all();
  database.execute(adding(kOfLeaders));
}

}  // namespace pgrec

// Covers analyze/sql/execution_rows.h: what a row says of an execution of which the trace says
// little, and which rows belong together. What events of classes tell: execution_import_test.cc.
#include "analyze/sql/execution_rows.h"

#include <gtest/gtest.h>

#include "tests/unit/relations.h"

namespace pgrec {
namespace {

using Rows = std::vector<std::string>;

class ExecutionRowsTest : public testing::Test {
 protected:
  static constexpr std::uint32_t kLeader = 7, kWorker = 8;

  // A run of process `pid`; without an end it still runs.
  void run(std::uint64_t id, std::uint32_t pid, std::int64_t from,
           std::optional<std::int64_t> to = std::nullopt) {
    Execution execution{ExecutionId{id}, {}, pid, from_ns(from), std::nullopt, false};
    if (to) execution.duration = Duration(*to - from);
    rows_.execution_ended(execution);
  }
  // A run that tells that it works for kLeader.
  void work(std::uint64_t id, std::int64_t from, std::int64_t to) {
    event(kOfLeader, kWorker, from, ExecutionId{id}, {std::uint64_t{kLeader}});
    run(id, kWorker, from, to);
  }
  void idle(std::uint32_t pid, std::int64_t from, bool aborted = false, std::uint64_t before = 0) {
    event(kIdle, pid, from, std::nullopt, {std::uint64_t{aborted}, before});
  }
  Rows rows(const std::string& sql) {
    if (!finished_) rows_.finish(database_);
    finished_ = true;
    return test::rows_of(database_, sql);
  }
  Rows idle_times() {
    return rows("SELECT pid, ts_ns, duration_ns, aborted, execution_id FROM idle_in_transaction");
  }

  Database database_ = test::empty_relations();
  StatementRows statements_{database_};
  const ProcessLives processes_{{{10, "postgres: a b c idle", "", from_ns(0), from_ns(900)}}};

 private:
  static constexpr ClassId kOfLeader{0}, kIdle{1};
  void event(ClassId one, std::uint32_t pid, std::int64_t at, std::optional<ExecutionId> execution,
             const ArgumentValues& values) {
    ArgumentColumns put;
    put.put(one, values);
    Bytes bytes;
    put.write(bytes);
    Columns columns;
    ASSERT_TRUE(columns.find(bytes));
    ArgumentReader arguments(columns, classes_);
    ThreadState state;
    if (execution) state.execution = OpenExecution{*execution, {}, from_ns(at)};
    rows_.class_event({EventKind::kOfClass, {}, {}, from_ns(at), one}, {pid, pid}, state,
                      arguments);
  }

  const std::vector<EventClass> classes_ = {
      {kOfLeader, {}, "execution.of-leader", {{"leader_pid", ArgumentType::Kind::kUnsigned, ""}}},
      {kIdle,
       {},
       "idle-in-transaction",
       {{"aborted", ArgumentType::Kind::kUnsigned, ""},
        {"running_ns", ArgumentType::Kind::kUnsigned, "ns"}}}};
  ExecutionRows rows_{classes_, database_, processes_, statements_};
  bool finished_ = false;
};

TEST_F(ExecutionRowsTest, SayWhatBecameOfExecutionsThatNothingTellsOf) {
  run(1, kLeader, 100, 200);
  run(2, kLeader, 300);
  EXPECT_EQ(rows("SELECT execution_id, duration_ns, outcome, process_id FROM execution_rows"),
            (Rows{"1|100|ended|NULL", "2|NULL|open|NULL"}));
}

TEST_F(ExecutionRowsTest, SayForHowLongATransactionHadBeenIdle) {
  idle(kLeader, 0, true, 5000);
  run(1, kLeader, 300, 400);
  idle(kLeader, 400);
  EXPECT_EQ(rows("SELECT ts_ns, duration_ns, running_ns FROM idle_in_transaction"),
            (Rows{"0|300|5000", "400|NULL|NULL"}));
}

// Damaged traces give ids anew.
TEST_F(ExecutionRowsTest, KeepTheFirstOfAnId) {
  run(1, kLeader, 100, 200);
  run(1, kLeader, 300, 900);
  EXPECT_EQ(rows("SELECT ts_ns, duration_ns FROM execution_rows"), Rows{"100|100"});
}

TEST_F(ExecutionRowsTest, OfAWorkerBelongToTheExecutionThatRanWhenItBegan) {
  run(1, kLeader, 100, 200);
  run(2, kLeader, 300, 400);
  work(3, 400, 500);
  work(4, 401, 500);
  work(5, 99, 150);
  run(6, kLeader, 600);
  work(7, 10'000, 10'001);
  EXPECT_EQ(rows("SELECT execution_id, leader_pid, leader_execution_id FROM worker_runs"),
            (Rows{"3|7|2", "4|7|NULL", "5|7|NULL", "7|7|6"}));
}

TEST_F(ExecutionRowsTest, OfAWorkerGiveTheirCallsToTheLeader) {
  run(1, kLeader, 100, 200);
  work(2, 150, 160);
  work(3, 250, 260);
  database_.execute(
      "INSERT INTO call_rows VALUES (0,150,1,1,8,8,0,0,NULL,2,1,NULL,NULL), "
      "(1,250,1,1,8,8,0,0,NULL,3,1,NULL,NULL), "
      "(2,150,1,1,8,8,0,0,NULL,NULL,1,NULL,NULL)");
  EXPECT_EQ(rows("SELECT call_id, execution_id FROM call_rows"), (Rows{"0|1", "1|3", "2|NULL"}));
}

TEST_F(ExecutionRowsTest, HaveIdleTimesFromTheExecutionBeforeToTheNext) {
  run(1, kLeader, 100, 200);
  idle(kLeader, 200);
  run(2, kLeader, 300, 400);
  run(3, kLeader, 500, 600);
  EXPECT_EQ(idle_times(), Rows{"7|200|100|0|1"});
}

TEST_F(ExecutionRowsTest, EndAnIdleTimeWhereAnotherBegins) {
  idle(kLeader, 200);
  idle(kLeader, 250, true);
  run(1, kLeader, 300, 400);
  EXPECT_EQ(idle_times(), (Rows{"7|200|50|0|NULL", "7|250|50|1|NULL"}));
}

// An execution that began before it ended it already.
TEST_F(ExecutionRowsTest, EndNoIdleTimeWithAnEarlierExecution) {
  idle(kLeader, 200);
  run(1, kLeader, 100, 250);
  EXPECT_EQ(idle_times(), Rows{"7|200|NULL|0|1"});
}

TEST_F(ExecutionRowsTest, EndIdleTimesWithTheirProcesses) {
  idle(10, 800);
  idle(kLeader, 800);
  EXPECT_EQ(idle_times(), (Rows{"7|800|NULL|0|NULL", "10|800|100|0|NULL"}));
}

}  // namespace
}  // namespace pgrec

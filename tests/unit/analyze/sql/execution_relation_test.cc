// Covers analyze/sql/execution_relation.h, execution_columns.h and pass_relations.h: what the
// relations say of executions in traces that tell how they ended.
#include <gtest/gtest.h>

#include "analyze/calls/counted_executions.h"
#include "tests/unit/append_event.h"
#include "tests/unit/relations.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using Kind = ArgumentType::Kind;
using Rows = std::vector<std::string>;

// A trace whose classes have few arguments each.
class ExecutionRelationTest : public testing::Test {
 protected:
  static constexpr std::uint32_t kCompleted = 0, kFailed = 1, kNotRun = 2, kOfLeader = 3, kIdle = 4,
                                 kSuspended = 5, kProcessEnded = 6;
  ExecutionRelationTest() {
    writer_.write(std::vector<Function>{{FunctionId{0}, Function::Role::kCalls, "f", "/p", "", 1},
                                        {FunctionId{1}, Function::Role::kCalls, "g", "/p", "", 2}});
    const auto type = [](const char* name) { return ArgumentType{name, Kind::kUnsigned, ""}; };
    writer_.write(std::vector<EventClass>{
        {ClassId{kCompleted},
         {},
         "execution.completed",
         {type("query_id"), type("prepare_ns"), type("rows")}},
        {ClassId{kFailed}, {}, "execution.failed", {{"sqlstate", Kind::kString, ""}}},
        {ClassId{kNotRun}, {}, "execution.not-run", {}},
        {ClassId{kOfLeader}, {}, "execution.of-leader", {type("leader_pid")}},
        {ClassId{kIdle}, {}, "idle-in-transaction", {type("aborted"), type("running_ns")}},
        {ClassId{kSuspended}, {}, "execution.suspended", {type("rows")}},
        {ClassId{kProcessEnded}, {}, "execution.process-ended", {}}});
  }
  void event(const Event& event) { writer_.append({pid_, pid_}, std::span(&event, 1)); }
  void begin(std::int64_t ns, const Text& text) {
    event({EventKind::kExecutionBegin, {}, writer_.text_id(text), from_ns(ns), {}});
  }
  void begin(std::int64_t ns, const std::string& text) { begin(ns, Text{{}, false, false, text}); }
  void end(std::int64_t ns) { event({EventKind::kExecutionEnd, {}, {}, from_ns(ns), {}}); }
  void tell(std::int64_t ns, std::uint32_t one, ArgumentValues arguments) {
    test::append(writer_, {pid_, pid_}, {EventKind::kOfClass, {}, {}, from_ns(ns), ClassId{one}},
                 std::move(arguments));
  }
  void complete(std::int64_t ns, std::uint64_t query_id = 0, std::uint64_t rows = 1) {
    tell(ns, kCompleted, {query_id, std::uint64_t{10}, rows});
    end(ns);
  }
  void run(std::int64_t from_ns, std::int64_t to_ns, const Text& text, std::uint64_t query_id = 0) {
    begin(from_ns, text);
    complete(to_ns, query_id);
  }
  void run(std::int64_t from_ns, std::int64_t to_ns, const std::string& text,
           std::uint64_t query_id = 0) {
    run(from_ns, to_ns, Text{{}, false, false, text}, query_id);
  }
  void call(std::int64_t from, std::int64_t to, std::uint32_t function = 0) {
    event({EventKind::kEnter, FunctionId{function}, {}, from_ns(from), {}});
    event({EventKind::kReturned, {}, {}, from_ns(to), {}});
  }
  // 7 runs a query with a worker, 8; both make calls.
  void run_in_parallel() {
    begin(100, "SELECT a");
    call(110, 150);
    pid_ = 8;
    begin(120, "SELECT a");
    tell(120, kOfLeader, {std::uint64_t{7}});
    call(130, 140);
    call(141, 142, 1);
    end(145);
    pid_ = 7;
    complete(200);
  }
  void ask() {
    writer_.close(from_ns(100'000));
    database_ = test::relations_of(file_.reader());
  }
  Rows rows(const std::string& sql) const { return test::rows_of(database_, sql); }

  std::uint32_t pid_ = 7;
  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
  Database database_;
};

TEST_F(ExecutionRelationTest, SaysHowEachEnded) {
  run(100, 200, "SELECT 1");
  begin(300, "SELECT 2");
  tell(390, kFailed, {std::string("22012")});
  end(400);
  begin(500, "SELECT 3");
  tell(590, kSuspended, {std::uint64_t{2}});
  end(600);
  begin(700, "SELECT 4");
  end(800);
  begin(900, "SELECT 5");
  event({EventKind::kExecutionLost, {}, {}, from_ns(950), {}});
  begin(1000, "SELECT 6");
  ask();
  EXPECT_EQ(rows("SELECT text, outcome, sqlstate, rows, run_ns FROM executions ORDER BY ts_ns"),
            (Rows{"SELECT 1|completed|NULL|1|90", "SELECT 2|error|22012|NULL|NULL",
                  "SELECT 3|suspended|NULL|2|NULL", "SELECT 4|ended|NULL|NULL|NULL",
                  "SELECT 5|exit-lost|NULL|NULL|NULL", "SELECT 6|open|NULL|NULL|NULL"}));
  EXPECT_EQ(rows("SELECT executions, errors, rows FROM statements"), (Rows{"6|1|3"}));
}

TEST_F(ExecutionRelationTest, HasAsManyOfEachKindAsAreCounted) {
  run_in_parallel();
  begin(300, "SELECT b");
  tell(390, kNotRun, {});
  end(400);
  begin(500, "SELECT c");
  ask();
  TraceReader trace = file_.reader();
  EXPECT_EQ(counted_executions(trace), (ExecutionCounts{2, 1, 1}));
  for (const auto& [relation, count] :
       {std::pair{"executions", "2"}, {"preparations", "1"}, {"worker_runs", "1"}})
    EXPECT_EQ(rows("SELECT count(*) FROM " + std::string(relation)), Rows{count}) << relation;
}

TEST_F(ExecutionRelationTest, TakesTheLastOfWhatSaysHowOneEnded) {
  begin(100, "INSERT 1");
  tell(150, kCompleted, {std::uint64_t{5}, std::uint64_t{10}, std::uint64_t{3}});
  tell(190, kFailed, {std::string("23505")});
  end(200);
  begin(300, "INSERT 2");
  tell(350, kCompleted, {std::uint64_t{5}, std::uint64_t{10}, std::uint64_t{3}});
  tell(390, kProcessEnded, {});
  end(400);
  begin(500, "INSERT 3");
  tell(590, kProcessEnded, {});
  end(600);
  ask();
  EXPECT_EQ(rows("SELECT text, outcome, sqlstate, rows, run_ns, duration_ns FROM executions ORDER "
                 "BY ts_ns"),
            (Rows{"INSERT 1|error|23505|3|40|100", "INSERT 2|error|NULL|3|40|100",
                  "INSERT 3|error|NULL|NULL|NULL|100"}));
  EXPECT_EQ(rows("SELECT sum(errors) FROM statements"), (Rows{"3"}));
}

TEST_F(ExecutionRelationTest, HasNoRunTimeWherePreparationIsSaidToBeLonger) {
  run(100, 105, "SELECT 1");
  ask();
  EXPECT_EQ(rows("SELECT prepare_ns, run_ns FROM executions"), (Rows{"10|NULL"}));
}

TEST_F(ExecutionRelationTest, KeepsPreparationsApart) {
  begin(100, "SELECT 1");
  call(110, 120);
  tell(150, kNotRun, {});
  end(160);
  run(200, 300, "SELECT 1");
  ask();
  EXPECT_EQ(rows("SELECT execution_id, outcome FROM executions"), (Rows{"1|completed"}));
  EXPECT_EQ(rows("SELECT execution_id, text, outcome FROM preparations"),
            (Rows{"0|SELECT 1|not-run"}));
  EXPECT_EQ(rows("SELECT executions, total_ns FROM statements"), (Rows{"1|100"}));
  EXPECT_EQ(rows("SELECT execution_id FROM calls"), (Rows{"0"}));
}

TEST_F(ExecutionRelationTest, PassesOverEventsOutsideExecutions) {
  tell(50, kCompleted, {std::uint64_t{1}, std::uint64_t{1}, std::uint64_t{9}});
  run(100, 200, "SELECT 1");
  tell(250, kNotRun, {});
  ask();
  EXPECT_EQ(rows("SELECT outcome, rows FROM executions"), (Rows{"completed|1"}));
}

TEST_F(ExecutionRelationTest, ShowsWhatThereIsOfAText) {
  run(100, 200, Text{{}, true, false, "SELECT 'aaaa", false, false, 5000});
  run(200, 300, "SELECT 1");
  run(300, 400, Text{{}, true, false, "SELECT 'a"});
  run(400, 500, Text{{}, false, true, ""});
  run(500, 600, Text{{}, false, false, "", true, false, 70});
  run(600, 700, Text{{}, false, false, "SELECT $1", false, true});
  run(700, 800, "");
  ask();
  EXPECT_EQ(rows("SELECT text, cut, text_bytes FROM executions ORDER BY ts_ns"),
            (Rows{"SELECT 'aaaa|1|5000", "SELECT 1|0|8", "SELECT 'a|1|NULL", "NULL|0|NULL",
                  "NULL|0|70", "SELECT $1|0|NULL", "|0|0"}));
}

TEST_F(ExecutionRelationTest, HasNoQueryIdOfAStatementWhoseExecutionsDisagree) {
  run(100, 200, "SET a = 1", 5);
  run(200, 300, "SET a = 2", 6);
  run(300, 400, "SELECT a", 7);
  run(400, 500, "SELECT a", 0);
  ask();
  EXPECT_EQ(rows("SELECT query_id FROM statements"), (Rows{"NULL", "7"}));
}

TEST_F(ExecutionRelationTest, GivesCallsOfWorkersToTheirLeader) {
  run(50, 90, "SELECT a");
  run_in_parallel();
  ask();
  EXPECT_EQ(
      rows("SELECT execution_id, ts_ns, leader_pid, leader_execution_id, outcome FROM worker_runs"),
      (Rows{"2|120|7|1|ended"}));
  EXPECT_EQ(rows("SELECT execution_id, count(*) FROM calls GROUP BY 1"), (Rows{"1|3"}));
  EXPECT_EQ(rows("SELECT executions FROM statements"), (Rows{"2"}));
}

TEST_F(ExecutionRelationTest, LeavesCallsOfWorkersWhoseLeaderDidNotRun) {
  run(50, 90, "SELECT a");
  pid_ = 8;
  for (const std::uint64_t leader : {7, 99, 0}) {
    const auto at = static_cast<std::int64_t>(1000 + 100 * leader);
    begin(at, "SELECT a");
    tell(at, kOfLeader, {leader});
    call(at + 5, at + 6);
    end(at + 10);
    if (leader == 7) pid_ = 9;
    if (leader == 99) pid_ = 10;
  }
  ask();
  EXPECT_EQ(rows("SELECT leader_pid, leader_execution_id FROM worker_runs ORDER BY 1"),
            (Rows{"NULL|NULL", "7|NULL", "99|NULL"}));
  EXPECT_EQ(rows("SELECT count(*) FROM calls JOIN worker_runs USING (execution_id)"), (Rows{"3"}));
}

TEST_F(ExecutionRelationTest, FindsALeaderInTheTitleOfItsWorker) {
  begin(100, "SELECT a");
  pid_ = 8;
  begin(120, "SELECT a");
  tell(120, kOfLeader, {std::uint64_t{0}});
  end(145);
  writer_.write(std::vector<Process>{{8, "postgres: parallel worker for PID 7"}});
  ask();
  EXPECT_EQ(rows("SELECT leader_pid, leader_execution_id FROM worker_runs"), (Rows{"7|0"}));
}

TEST_F(ExecutionRelationTest, KnowsIdleTimesInTransactions) {
  run(100, 200, "BEGIN");
  tell(200, kIdle, {std::uint64_t{0}, std::uint64_t{0}});
  run(300, 400, "SELEC");
  tell(400, kIdle, {std::uint64_t{1}, std::uint64_t{0}});
  tell(500, kIdle, {std::uint64_t{1}, std::uint64_t{0}});
  ask();
  EXPECT_EQ(rows("SELECT pid, ts_ns, duration_ns, aborted, execution_id FROM idle_in_transaction"),
            (Rows{"7|200|100|0|0", "7|400|100|1|1", "7|500|NULL|1|1"}));
}

TEST_F(ExecutionRelationTest, SaysForHowLongATransactionHadBeenIdle) {
  tell(0, kIdle, {std::uint64_t{1}, std::uint64_t{5000}});
  run(300, 400, "SELECT 1");
  tell(400, kIdle, {std::uint64_t{0}, std::uint64_t{0}});
  ask();
  EXPECT_EQ(rows("SELECT ts_ns, duration_ns, running_ns FROM idle_in_transaction"),
            (Rows{"0|300|5000", "400|NULL|NULL"}));
}

// An execution that began before it and runs on neither ends it nor is behind it.
TEST_F(ExecutionRelationTest, EndsNoIdleTimeWithAnEarlierExecution) {
  begin(100, "SELECT 1");
  tell(200, kIdle, {std::uint64_t{0}, std::uint64_t{0}});
  end(250);
  ask();
  EXPECT_EQ(rows("SELECT ts_ns, duration_ns, execution_id FROM idle_in_transaction"),
            Rows{"200|NULL|NULL"});
}

TEST_F(ExecutionRelationTest, EndsAnIdleTimeWithItsProcess) {
  tell(200, kIdle, {std::uint64_t{0}, std::uint64_t{0}});
  writer_.write(std::vector<Process>{{7, "a", "", from_ns(0), from_ns(700)},
                                     {7, "b", "", from_ns(900'000), std::nullopt}});
  ask();
  EXPECT_EQ(rows("SELECT process_id, duration_ns, execution_id FROM idle_in_transaction"),
            (Rows{"1|500|NULL"}));
}

TEST_F(ExecutionRelationTest, KeepsProcessesOfOnePidApart) {
  run(100, 200, "SELECT 1");
  run(600, 700, "SELECT 2");
  writer_.write(
      std::vector<Process>{{7, "postgres: a d [local]", "x", from_ns(0), from_ns(300)},
                           {7, "postgres: b d [local]", "", from_ns(500), std::nullopt},
                           {7, "postgres: c d [local]", "y", from_ns(500), from_ns(800)}});
  ask();
  EXPECT_EQ(rows("SELECT e.text, p.user, p.application FROM executions e JOIN processes p "
                 "USING (process_id) ORDER BY e.ts_ns"),
            (Rows{"SELECT 1|a|x", "SELECT 2|c|y"}));
  EXPECT_EQ(rows("SELECT process_id, pid, user, started_ns, ended_ns FROM processes"),
            (Rows{"1|7|a|0|300", "2|7|c|500|800"}));
}

// The bytes that a client sent are those that come out, whatever they are.
TEST_F(ExecutionRelationTest, KeepsTextsToTheByte) {
  std::string all = "SELECT '";
  for (int byte = 1; byte < 256; ++byte)
    all.push_back(static_cast<char>(byte == '\'' || byte == '\\' ? ' ' : byte));
  all += "'";
  run(100, 200, all);
  run(200, 300, all);
  ask();
  EXPECT_EQ(rows("SELECT text FROM executions"), (Rows{all, all}));
}

}  // namespace
}  // namespace pgrec

// Covers analyze/sql/execution_rows.h, analyze/sql/statement_rows.h and
// analyze/sql/function_times.h: what the relations say of executions in traces that tell how they
// ended.
#include <gtest/gtest.h>

#include "analyze/calls/counted_executions.h"
#include "analyze/report/execution_views.h"
#include "analyze/sql/importer.h"
#include "tests/unit/append_event.h"
#include "tests/unit/relations.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using Kind = ArgumentType::Kind;
using Rows = std::vector<std::string>;

// A trace whose classes have few arguments each.
class ExecutionImport : public testing::Test {
 protected:
  static constexpr std::uint32_t kCompleted = 0, kFailed = 1, kNotRun = 2, kOfLeader = 3, kIdle = 4,
                                 kSuspended = 5, kProcessEnded = 6;
  ExecutionImport() {
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
  void import(ImportScope scope = ImportScope::kEverything) {
    writer_.close(from_ns(100'000));
    TraceReader trace = file_.reader();
    import_trace(trace, database_, scope);
  }
  Rows rows(const std::string& sql) const { return test::rows_of(database_, sql); }

  std::uint32_t pid_ = 7;
  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
  Database database_;
};

TEST_F(ExecutionImport, SaysHowEachEnded) {
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
  import();
  EXPECT_EQ(rows("SELECT text, outcome, sqlstate, rows, run_ns FROM executions ORDER BY ts_ns"),
            (Rows{"SELECT 1|completed|NULL|1|90", "SELECT 2|error|22012|NULL|NULL",
                  "SELECT 3|suspended|NULL|2|NULL", "SELECT 4|ended|NULL|NULL|NULL",
                  "SELECT 5|exit-lost|NULL|NULL|NULL", "SELECT 6|open|NULL|NULL|NULL"}));
  EXPECT_EQ(rows("SELECT executions, errors, rows FROM statements"), (Rows{"6|1|3"}));
}

TEST_F(ExecutionImport, HasAsManyOfEachKindAsAreCounted) {
  run_in_parallel();
  begin(300, "SELECT b");
  tell(390, kNotRun, {});
  end(400);
  begin(500, "SELECT c");
  import();
  TraceReader trace = file_.reader();
  EXPECT_EQ(counted_executions(trace), (ExecutionCounts{2, 1, 1}));
  EXPECT_EQ(rows("SELECT kind, count(*) FROM execution_rows GROUP BY kind"),
            (Rows{"0|2", "1|1", "2|1"}));
}

TEST_F(ExecutionImport, TakesTheLastOfWhatSaysHowOneEnded) {
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
  import();
  EXPECT_EQ(rows("SELECT text, outcome, sqlstate, rows, run_ns, duration_ns FROM executions"),
            (Rows{"INSERT 1|error|23505|3|40|100", "INSERT 2|error|NULL|3|40|100",
                  "INSERT 3|error|NULL|NULL|NULL|100"}));
  EXPECT_EQ(rows("SELECT sum(errors) FROM statements"), (Rows{"3"}));
}

TEST_F(ExecutionImport, HasNoRunTimeWherePreparationIsSaidToBeLonger) {
  run(100, 105, "SELECT 1");
  import();
  EXPECT_EQ(rows("SELECT prepare_ns, run_ns FROM executions"), (Rows{"10|NULL"}));
}

TEST_F(ExecutionImport, KeepsPreparationsApart) {
  begin(100, "SELECT 1");
  call(110, 120);
  tell(150, kNotRun, {});
  end(160);
  run(200, 300, "SELECT 1");
  import();
  EXPECT_EQ(rows("SELECT execution_id, outcome FROM executions"), (Rows{"1|completed"}));
  EXPECT_EQ(rows("SELECT execution_id, text, outcome FROM preparations"),
            (Rows{"0|SELECT 1|not-run"}));
  EXPECT_EQ(rows("SELECT executions, total_ns FROM statements"), (Rows{"1|100"}));
  EXPECT_EQ(rows("SELECT execution_id FROM calls"), (Rows{"0"}));
}

TEST_F(ExecutionImport, PassesOverEventsOutsideExecutions) {
  tell(50, kCompleted, {std::uint64_t{1}, std::uint64_t{1}, std::uint64_t{9}});
  run(100, 200, "SELECT 1");
  tell(250, kNotRun, {});
  import();
  EXPECT_EQ(rows("SELECT outcome, rows FROM executions"), (Rows{"completed|1"}));
}

TEST_F(ExecutionImport, ShowsWhatThereIsOfACutText) {
  run(100, 200, Text{{}, true, false, "SELECT 'aaaa", false, false, 5000});
  run(200, 300, "SELECT 1");
  import();
  EXPECT_EQ(rows("SELECT text, cut, text_bytes FROM executions ORDER BY ts_ns"),
            (Rows{"SELECT 'aaaa|1|5000", "SELECT 1|0|8"}));
}

TEST_F(ExecutionImport, HasNoQueryIdOfAStatementWhoseExecutionsDisagree) {
  run(100, 200, "SET a = 1", 5);
  run(200, 300, "SET a = 2", 6);
  run(300, 400, "SELECT a", 7);
  run(400, 500, "SELECT a", 0);
  import();
  EXPECT_EQ(rows("SELECT query_id FROM statements"), (Rows{"NULL", "7"}));
}

TEST_F(ExecutionImport, GivesCallsOfWorkersToTheirLeader) {
  run(50, 90, "SELECT a");
  run_in_parallel();
  import();
  EXPECT_EQ(
      rows("SELECT execution_id, ts_ns, leader_pid, leader_execution_id, outcome FROM worker_runs"),
      (Rows{"2|120|7|1|ended"}));
  EXPECT_EQ(rows("SELECT execution_id, count(*) FROM calls GROUP BY 1"), (Rows{"1|3"}));
  EXPECT_EQ(rows("SELECT executions FROM statements"), (Rows{"2"}));
}

TEST_F(ExecutionImport, LeavesCallsOfWorkersWhoseLeaderDidNotRun) {
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
  import();
  EXPECT_EQ(rows("SELECT leader_pid, leader_execution_id FROM worker_runs ORDER BY 1"),
            (Rows{"NULL|NULL", "7|NULL", "99|NULL"}));
  EXPECT_EQ(rows("SELECT count(*) FROM calls JOIN worker_runs USING (execution_id)"), (Rows{"3"}));
}

TEST_F(ExecutionImport, FindsALeaderInTheTitleOfItsWorker) {
  begin(100, "SELECT a");
  pid_ = 8;
  begin(120, "SELECT a");
  tell(120, kOfLeader, {std::uint64_t{0}});
  end(145);
  writer_.write(std::vector<Process>{{8, "postgres: parallel worker for PID 7"}});
  import();
  EXPECT_EQ(rows("SELECT leader_pid, leader_execution_id FROM worker_runs"), (Rows{"7|0"}));
}

TEST_F(ExecutionImport, KnowsIdleTimesInTransactions) {
  run(100, 200, "BEGIN");
  tell(200, kIdle, {std::uint64_t{0}, std::uint64_t{0}});
  run(300, 400, "SELEC");
  tell(400, kIdle, {std::uint64_t{1}, std::uint64_t{0}});
  tell(500, kIdle, {std::uint64_t{1}, std::uint64_t{0}});
  import();
  EXPECT_EQ(rows("SELECT pid, ts_ns, duration_ns, aborted, execution_id FROM idle_in_transaction"),
            (Rows{"7|200|100|0|0", "7|400|100|1|1", "7|500|NULL|1|1"}));
}

TEST_F(ExecutionImport, EndsAnIdleTimeWithItsProcess) {
  tell(200, kIdle, {std::uint64_t{0}, std::uint64_t{0}});
  writer_.write(std::vector<Process>{{7, "a", "", from_ns(0), from_ns(700)},
                                     {7, "b", "", from_ns(900'000), std::nullopt}});
  import();
  EXPECT_EQ(rows("SELECT process_id, duration_ns, execution_id FROM idle_in_transaction"),
            (Rows{"1|500|NULL"}));
}

TEST_F(ExecutionImport, KeepsProcessesOfOnePidApart) {
  run(100, 200, "SELECT 1");
  run(600, 700, "SELECT 2");
  writer_.write(
      std::vector<Process>{{7, "postgres: a d [local]", "x", from_ns(0), from_ns(300)},
                           {7, "postgres: b d [local]", "", from_ns(500), std::nullopt},
                           {7, "postgres: c d [local]", "y", from_ns(500), from_ns(800)}});
  import();
  EXPECT_EQ(rows("SELECT e.text, p.user, p.application FROM executions e JOIN processes p "
                 "USING (process_id) ORDER BY e.ts_ns"),
            (Rows{"SELECT 1|a|x", "SELECT 2|c|y"}));
  EXPECT_EQ(rows("SELECT process_id, pid, user, started_ns, ended_ns FROM processes"),
            (Rows{"1|7|a|0|300", "2|7|c|500|800"}));
}

TEST_F(ExecutionImport, AddsUpFunctionTimes) {
  begin(100, "SELECT a");
  event({EventKind::kEnter, FunctionId{0}, {}, from_ns(110), {}});
  call(120, 130, 1);
  call(140, 160, 1);
  event({EventKind::kReturned, {}, {}, from_ns(200), {}});
  event({EventKind::kEnter, FunctionId{1}, {}, from_ns(210), {}});
  complete(220);
  begin(230, "SELECT b");
  event({EventKind::kReturned, {}, {}, from_ns(250), {}});  // of the first one's call
  event({EventKind::kEnter, FunctionId{1}, {}, from_ns(260), {}});
  event({EventKind::kUnwound, {}, {}, from_ns(270), {}});
  complete(280);
  import(ImportScope::kFunctionTimes);
  EXPECT_EQ(rows("SELECT * FROM execution_functions"),
            (Rows{"0|0|1|90|60|0|0|0", "0|1|3|70|70|0|0|0", "1|1|1|0|0|10|10|10"}));
}

TEST_F(ExecutionImport, AddsWorkersFunctionTimesToTheLeaders) {
  run_in_parallel();
  import(ImportScope::kFunctionTimes);
  EXPECT_EQ(rows("SELECT * FROM execution_functions WHERE execution_id = 0"),
            (Rows{"0|0|2|50|50|0|0|0", "0|1|1|1|1|0|0|0"}));
  const std::vector<Table> tables = by_query_view(database_);
  ASSERT_EQ(tables.at(1).rows.size(), 2u);
  EXPECT_EQ(tables[1].rows[0].at(3), SqlValue(std::int64_t{50}));
}

// Calls last up to 36 years, and can end after their executions.
TEST_F(ExecutionImport, SurvivesSumsThatAreTooLarge) {
  constexpr std::int64_t kLongest = (std::int64_t{1} << 60) - 1;
  begin(0, "SELECT a");
  for (int i = 0; i < 20; ++i)
    event({EventKind::kEnter, FunctionId{0}, {}, from_ns(1), {}});
  for (int i = 0; i < 10; ++i)
    event({EventKind::kReturned, {}, {}, from_ns(kLongest), {}});
  end(kLongest);
  begin(kLongest, "SELECT b");
  for (int i = 0; i < 10; ++i)
    event({EventKind::kReturned, {}, {}, from_ns(kLongest), {}});
  import(ImportScope::kFunctionTimes);
  EXPECT_EQ(rows("SELECT execution_id, calls, total_ns FROM execution_functions"),
            (Rows{"0|20|9223372036854775807"}));
  EXPECT_EQ(by_query_view(database_).at(1).rows.size(), 1u);
  EXPECT_EQ(slow_view(database_, 5, Duration{}, from_ns(kLongest)).at(1).rows.size(), 1u);
}

TEST_F(ExecutionImport, FindsPercentilesByNearestRank) {
  for (std::int64_t i = 1; i <= 10; ++i)
    run(1000 * i, 1000 * i + 10 * i, "SELECT a");
  import(ImportScope::kFunctionTimes);
  const Table statements = by_query_view(database_).front();
  const auto& row = statements.rows.at(0);
  for (const auto& [column, ns] :
       {std::pair{3, 550}, {4, 55}, {5, 50}, {6, 90}, {7, 100}, {8, 100}})
    EXPECT_EQ(row.at(static_cast<std::size_t>(column)), SqlValue(std::int64_t{ns})) << column;
}

TEST_F(ExecutionImport, NamesAtMostFourFunctionsOfAStatement) {
  begin(100, "SELECT a");
  for (std::uint32_t function = 0; function < 6; ++function)
    call(200 + 100 * function, 210 + 101 * function, function);
  complete(1000);
  import(ImportScope::kFunctionTimes);
  const std::vector<Table> tables = by_query_view(database_);
  EXPECT_EQ(tables.at(0).notes.at(0),
            (Rows{"SELECT a",
                  "in function 5 15 ns, function 4 14 ns, function 3 13 ns, function 2 "
                  "12 ns, …"}));
  EXPECT_EQ(tables.at(1).rows.size(), 6u);
}

// The bytes that a client sent are those that come out, whatever they are.
TEST_F(ExecutionImport, KeepsTextsToTheByte) {
  std::string all = "SELECT '";
  for (int byte = 1; byte < 256; ++byte)
    all.push_back(static_cast<char>(byte == '\'' || byte == '\\' ? ' ' : byte));
  all += "'";
  run(100, 200, all);
  run(200, 300, all);
  import();
  EXPECT_EQ(rows("SELECT text FROM executions"), (Rows{all, all}));
}

}  // namespace
}  // namespace pgrec

// Covers analyze/sql/table_relations.h, function_relation.h, call_columns.h and
// execution_columns.h: the relations hold exactly what was written to a trace made by hand.
#include "analyze/sql/table_relations.h"

#include <gtest/gtest.h>

#include "analyze/calls/function_figures.h"
#include "tests/unit/relations.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using test::chunk_frames;
using Rows = std::vector<std::string>;

// A trace of two processes: 1/1 runs a statement twice and a second one that does not end, with
// calls of heap_insert and, inside, of bufread; 2/3 has what else can become of calls.
class TableRelationsTest : public testing::Test {
 protected:
  TableRelationsTest() {
    writer_.write(Metadata{{"label.run", "a"}, {"host.name", "db1"}, {"label.run", "b"}});
    writer_.write(std::vector<Function>{
        {FunctionId{0}, Function::Role::kCalls, "heap_insert", "/bin/postgres", "0a1b", 4096},
        {FunctionId{1}, Function::Role::kCalls, "bufread", "/bin/postgres", "0a1b", 8192},
        {FunctionId{2}, Function::Role::kActivity, "report_activity", "/bin/postgres", "0a1b",
         9000},
        {FunctionId{3}, Function::Role::kCalls, "never", "/bin/postgres", "", 9999}});
    thread_ = {1, 1};
    begin(100, "SELECT 1");
    enter(0, 110);
    enter(1, 120);
    end_call(EventKind::kReturned, 150);
    end_call(EventKind::kReturned, 200);
    end_execution(210);
    begin(300, "SELECT 22");
    end_execution(350);
    begin(400, "UPDATE t SET a = 1");
    enter(0, 410);
    thread_ = {2, 3};
    event({EventKind::kHeadless, FunctionId{1}, {}, from_ns(500), {}});
    enter(1, 510);
    end_call(EventKind::kUnwound, 520);
    enter(1, 530);
    end_call(EventKind::kDepthLimit, 540);
    enter(7, 550);
    end_call(EventKind::kExitLost, 560);
    writer_.write(std::vector<Process>{{1, "postgres: starting"}, {2, "postgres: checkpointer"}});
    writer_.write(std::vector<Process>{{1, "postgres: 15/main: alice shop [local] idle"}});
    writer_.write(std::vector<Loss>{{from_ns(10), from_ns(20), "ring-full", FunctionId{0}, {}, 3},
                                    {from_ns(30), from_ns(40), "no-ring", FunctionId{2}, {}, 5}});
  }
  void event(const Event& event) { writer_.append(thread_, std::span(&event, 1)); }
  void enter(std::uint32_t function, std::int64_t ns) {
    event({EventKind::kEnter, FunctionId{function}, {}, from_ns(ns), {}});
  }
  void end_call(EventKind kind, std::int64_t ns) { event({kind, {}, {}, from_ns(ns), {}}); }
  void begin(std::int64_t ns, const std::string& text) { begin(ns, Text{{}, false, false, text}); }
  void begin(std::int64_t ns, const Text& text) {
    event({EventKind::kExecutionBegin, {}, writer_.text_id(text), from_ns(ns), {}});
  }
  void end_execution(std::int64_t ns) {
    event({EventKind::kExecutionEnd, {}, {}, from_ns(ns), {}});
  }
  void ask() {
    writer_.close(from_ns(1000));
    ask_of_what_is_there();
  }
  void ask_of_what_is_there() { database_ = test::relations_of(file_.reader()); }
  // Each row of `sql`, its values between "|".
  Rows rows(const std::string& sql) const { return test::rows_of(database_, sql); }

  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
  ThreadKey thread_;
  Database database_;
};

TEST_F(TableRelationsTest, FillsCalls) {
  ask();
  EXPECT_EQ(
      rows("SELECT call_id, ts_ns, duration_ns, self_ns, pid, tid, function, depth, parent_id, "
           "execution_id, outcome FROM calls ORDER BY call_id"),
      (Rows{"0|110|90|60|1|1|heap_insert|0|NULL|0|returned",
            "1|120|30|30|1|1|bufread|1|0|0|returned",
            "2|410|NULL|NULL|1|1|heap_insert|0|NULL|2|open",
            "3|500|NULL|NULL|2|3|bufread|0|NULL|NULL|headless",
            "4|510|NULL|NULL|2|3|bufread|0|NULL|NULL|unwound",
            "5|530|NULL|NULL|2|3|bufread|0|NULL|NULL|depth-limit",
            "6|550|NULL|NULL|2|3|function 7|0|NULL|NULL|exit-lost"}));
}

TEST_F(TableRelationsTest, FillsFunctions) {
  ask();
  EXPECT_EQ(
      rows(
          "SELECT name, binary, build_id, file_offset, calls, returned, total_ns, self_ns, min_ns, "
          "max_ns FROM functions ORDER BY function_id"),
      (Rows{"heap_insert|/bin/postgres|0a1b|4096|2|1|90|60|90|90",
            "bufread|/bin/postgres|0a1b|8192|4|1|30|30|30|30",
            "never|/bin/postgres||9999|0|0|0|0|NULL|NULL",
            "function 7|NULL|NULL|NULL|1|0|0|0|NULL|NULL"}));
}

TEST_F(TableRelationsTest, HasABoundOfWhatACallWithoutAReturnTook) {
  thread_ = {1, 1};
  enter(1, 600);
  enter(0, 610);
  enter(1, 620);
  end_call(EventKind::kReturned, 650);
  end_call(EventKind::kUnwound, 700);
  end_call(EventKind::kUnwound, 700);
  ask();
  EXPECT_EQ(
      rows("SELECT ts_ns, function, outcome, duration_ns, self_ns, at_most_ns, self_at_most_ns "
           "FROM calls ORDER BY ts_ns"),
      (Rows{"110|heap_insert|returned|90|60|NULL|NULL", "120|bufread|returned|30|30|NULL|NULL",
            "410|heap_insert|open|NULL|NULL|NULL|NULL", "500|bufread|headless|NULL|NULL|NULL|NULL",
            "510|bufread|unwound|NULL|NULL|10|10", "530|bufread|depth-limit|NULL|NULL|10|10",
            "550|function 7|exit-lost|NULL|NULL|10|10", "600|bufread|unwound|NULL|NULL|100|70",
            "610|heap_insert|unwound|NULL|NULL|90|60", "620|bufread|returned|30|30|NULL|NULL"}));
  EXPECT_EQ(rows("SELECT name, at_most_ns FROM functions ORDER BY function_id"),
            (Rows{"heap_insert|90", "bufread|120", "never|0", "function 7|10"}));
}

TEST_F(TableRelationsTest, HasNoBoundWhereItIsNotKnownWhenACallEnded) {
  thread_ = {1, 1};
  writer_.cut();
  end_call(EventKind::kReturned, 600);
  writer_.cut();
  enter(1, 700);
  end_call(EventKind::kReturned, 710);
  writer_.close(from_ns(1000));
  file_.flip_byte_at(chunk_frames(file_.reader()).at(1).offset + 110);
  ask_of_what_is_there();
  EXPECT_EQ(rows("SELECT outcome, at_most_ns FROM calls WHERE ts_ns = 410"),
            Rows{"exit-lost|NULL"});
}

TEST_F(TableRelationsTest, CountsFilteredCallsAsOtherReportsDo) {
  writer_.write(Metadata{{"record.min_duration_ns", "80"}});
  Account inserts{FunctionId{0}, 0, 0, 0, {}}, never = inserts;
  for (const std::int64_t ns : {70, 71})
    inserts.short_calls.add(Duration(ns));
  never.function = FunctionId{3};
  never.short_calls.add(Duration(75));
  writer_.write(std::vector<Account>{inserts, never});
  ask();
  EXPECT_EQ(rows("SELECT name, calls, returned, short_calls, short_ns, total_ns, self_ns, "
                 "self_at_most_ns, min_ns, min_at_least_ns, max_ns, max_at_most_ns "
                 "FROM functions ORDER BY function_id"),
            (Rows{"heap_insert|4|3|2|141|231|NULL|201|NULL|68|90|NULL",
                  "bufread|4|1|NULL|NULL|30|NULL|30|30|NULL|30|NULL",
                  "never|1|1|1|75|75|NULL|75|NULL|72|NULL|75",
                  "function 7|1|0|NULL|NULL|0|0|NULL|NULL|NULL|NULL|NULL"}));
  EXPECT_EQ(
      rows("SELECT sum(calls) - sum(short_calls), (SELECT count(*) FROM calls) FROM functions"),
      Rows{"7|7"});
  EXPECT_EQ(rows("SELECT duration_ns, self_ns, self_at_most_ns FROM calls WHERE ts_ns = 110"),
            Rows{"90|NULL|60"});
  TraceSet set(file_.reader());
  for (const FunctionFigures& one : function_figures(set, {}, {Percentiles::kExact}, {})) {
    const DurationProfile& profile = one.profile;
    const auto text = [](bool is_there, Duration duration) {
      return is_there ? std::to_string(duration.count()) : "NULL";
    };
    const auto either = [&](bool is_known, Duration duration, bool any = true) {
      return "|" + text(any && is_known, duration) + "|" + text(any && !is_known, duration);
    };
    const bool any = profile.returned > 0;
    EXPECT_EQ(
        rows("SELECT calls, returned, total_ns, self_ns, self_at_most_ns, min_ns, min_at_least_ns, "
             "max_ns, max_at_most_ns FROM functions WHERE name = '" +
             one.name + "'"),
        Rows{std::to_string(profile.calls) + "|" + std::to_string(profile.returned) + "|" +
             std::to_string(profile.total.count()) + either(profile.self_known, profile.self) +
             either(profile.min_known, profile.min, any) +
             either(profile.max_known, profile.max, any)});
  }
}

TEST_F(TableRelationsTest, FillsExecutions) {
  ask();
  EXPECT_EQ(
      rows(
          "SELECT execution_id, pid, ts_ns, duration_ns, text, outcome FROM executions ORDER BY 1"),
      (Rows{"0|1|100|110|SELECT 1|ended", "1|1|300|50|SELECT 22|ended",
            "2|1|400|NULL|UPDATE t SET a = 1|open"}));
}

TEST_F(TableRelationsTest, FillsStatements) {
  ask();
  EXPECT_EQ(rows("SELECT text, executions, total_ns FROM statements ORDER BY text"),
            (Rows{"SELECT $1|2|160", "UPDATE t SET a = $1|1|0"}));
}

TEST_F(TableRelationsTest, GivesExecutionsOfOneStatementItsId) {
  ask();
  EXPECT_EQ(rows("SELECT count(*), count(DISTINCT statement_id) FROM executions"), Rows{"3|2"});
}

TEST_F(TableRelationsTest, MarksATextThatWasCut) {
  begin(600, Text{{}, true, false, "SELECT 'aaaa"});
  ask();
  EXPECT_EQ(rows("SELECT text, cut FROM executions WHERE ts_ns = 600"), Rows{"SELECT 'aaaa|1"});
}

TEST_F(TableRelationsTest, HasNoTextForOneThatWasUnreadable) {
  begin(600, Text{{}, false, true, ""});
  ask();
  EXPECT_EQ(rows("SELECT execution_id, statement_id, text FROM executions WHERE ts_ns = 600"),
            Rows{"3|NULL|NULL"});
}

TEST_F(TableRelationsTest, KeepsAnEmptyText) {
  begin(600, "");
  ask();
  EXPECT_EQ(rows("SELECT text FROM executions WHERE ts_ns = 600"), Rows{""});
}

TEST_F(TableRelationsTest, FillsProcessesWithTheLatestTitle) {
  ask();
  EXPECT_EQ(
      rows("SELECT pid, backend_type, database, user, client, title FROM processes ORDER BY pid"),
      (Rows{"1|client backend|shop|alice|[local]|postgres: 15/main: alice shop [local] idle",
            "2|checkpointer|NULL|NULL|NULL|postgres: checkpointer"}));
}

TEST_F(TableRelationsTest, FillsLosses) {
  ask();
  EXPECT_EQ(rows("SELECT cause, function, count, from_ns, to_ns FROM losses ORDER BY from_ns"),
            (Rows{"ring-full|heap_insert|3|10|20", "no-ring|report_activity|5|30|40"}));
}

TEST_F(TableRelationsTest, FillsMeta) {
  ask();
  EXPECT_EQ(rows("SELECT key, value FROM meta WHERE key NOT LIKE 'trace.%' ORDER BY key"),
            (Rows{"host.name|db1", "label.run|b"}));
}

TEST_F(TableRelationsTest, AddsFactsAboutTheFileToMeta) {
  ask();
  EXPECT_EQ(rows("SELECT key, value FROM meta WHERE key LIKE 'trace.%' ORDER BY key"),
            (Rows{"trace.bytes|" + std::to_string(file_.size_bytes()), "trace.closed|yes",
                  "trace.duration_ns|1000", "trace.file|" + file_.path(), "trace.format|1.4"}));
}

TEST_F(TableRelationsTest, HasNoDamagesOfAnIntactTrace) {
  ask();
  EXPECT_EQ(rows("SELECT * FROM damages"), Rows{});
}

TEST_F(TableRelationsTest, FillsDamages) {
  writer_.close(from_ns(1000));
  const FrameRef chunk = chunk_frames(file_.reader()).at(0);
  file_.flip_byte_of(chunk);
  ask_of_what_is_there();
  EXPECT_EQ(rows("SELECT offset, bytes, reason FROM damages"),
            Rows{std::to_string(chunk.offset) + "|" + std::to_string(chunk.stored_bytes) +
                 "|the frame's header is wrong"});
}

TEST_F(TableRelationsTest, TellsOfATraceThatWasNotClosed) {
  writer_.cut();
  ask_of_what_is_there();
  EXPECT_EQ(rows("SELECT value FROM meta WHERE key IN ('trace.closed', 'trace.duration_ns')"),
            (Rows{"no", "560"}));
}

}  // namespace
}  // namespace pgrec

// Covers analyze/sql/statement_relation.h and execution_columns.h: of which statement executions
// are, in traces of servers that compute query ids, and of others.
#include <gtest/gtest.h>

#include "tests/unit/append_event.h"
#include "tests/unit/relations.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using Kind = ArgumentType::Kind;
using Rows = std::vector<std::string>;

// A trace of executions, one after the other.
class StatementRelation : public testing::Test {
 protected:
  static constexpr std::uint32_t kCompleted = 0, kFailed = 1, kNotRun = 2, kOfLeader = 3,
                                 kOfText = 4;
  StatementRelation() {
    writer_.write(std::vector<EventClass>{
        {ClassId{kCompleted}, {}, "execution.completed", {{"query_id", Kind::kUnsigned, ""}}},
        {ClassId{kFailed}, {}, "execution.failed", {{"sqlstate", Kind::kString, ""}}},
        {ClassId{kNotRun}, {}, "execution.not-run", {}},
        {ClassId{kOfLeader}, {}, "execution.of-leader", {{"leader_pid", Kind::kUnsigned, ""}}},
        {ClassId{kOfText}, {}, "execution.of-text", {{"text", Kind::kText, ""}}}});
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
  // `query_id`: 0 where the server told none.
  void complete(std::int64_t ns, std::uint64_t query_id) {
    tell(ns, kCompleted, {query_id});
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

TEST_F(StatementRelation, GroupsByFingerprint) {
  run(100, 200, "SELECT a FROM t WHERE b IN (1, 2)");
  run(200, 300, "select a from t where b in (7)");
  run(300, 400, "SELEC 1");
  run(400, 500, "SELEC 2");
  ask();
  EXPECT_EQ(rows("SELECT text, executions, fingerprint IS NULL FROM statements"),
            (Rows{"SELECT a FROM t WHERE b IN ($1, $2)|2|0", "SELEC $1|2|0"}));
}

TEST_F(StatementRelation, GroupsByTheFingerprintThatATextHas) {
  run(100, 200, Text{{}, true, false, "SELECT 'a", false, false, 99, 0x12});
  run(200, 300, Text{{}, true, false, "SELECT 'b", false, false, 99, 0x12});
  run(300, 400, Text{{}, false, false, "SELECT $1", false, true, 9, 0x12});
  run(400, 500, Text{{}, false, false, "", true, false, 9, 0x12});
  run(500, 600, Text{{}, true, false, "SELECT 'a"});
  ask();
  EXPECT_EQ(rows("SELECT text, executions, fingerprint = '0000000000000012' FROM statements"),
            (Rows{"SELECT $1|4|1", "SELECT $1|1|0"}));
}

TEST_F(StatementRelation, GroupsTextsThatWereNotRecordedByQueryId) {
  const Text none{{}, false, false, "", true};
  run(100, 200, none, 5);
  run(200, 300, none, UINT64_MAX);
  run(300, 400, none, 5);
  run(400, 500, none);
  ask();
  EXPECT_EQ(rows("SELECT text, executions, query_id FROM statements ORDER BY query_id"),
            (Rows{"NULL|1|-1", "NULL|2|5"}));
  EXPECT_EQ(rows("SELECT count(*) FROM executions WHERE statement_id IS NULL AND text IS NULL"),
            (Rows{"1"}));
}

TEST_F(StatementRelation, GroupsByQueryIdWhateverTheText) {
  const Text text{{}, false, false, "SELECT $1", false, true, 9};
  run(100, 200, text, 5);
  run(200, 300, text, 6);
  const Text print{{}, false, false, "", true, false, 9, 0x77};
  run(300, 400, print, 5);
  run(400, 500, print, 6);
  begin(500, Text{{}, false, true, ""});
  complete(600, 5);
  ask();
  EXPECT_EQ(rows("SELECT text, executions, query_id FROM statements"),
            (Rows{"SELECT $1|3|5", "SELECT $1|2|6"}));
  EXPECT_EQ(rows("SELECT count(*) FROM executions WHERE statement_id IS NULL"), Rows{"0"});
}

TEST_F(StatementRelation, TellsStatementsApartByQueryId) {
  run(100, 200, "SELECT a FROM t WHERE b = 1", 5);
  run(200, 300, "SELECT a FROM t WHERE b = 2", 5);
  run(300, 400, "SELECT a FROM t WHERE b = 1", 6);  // of another database, perhaps
  run(400, 500, Text{{}, true, false, "SELECT a FROM t WHERE b IN (1, 2", false, false, 99}, 7);
  run(500, 600, Text{{}, true, false, "SELECT a FROM t WHERE b IN (3", false, false, 98}, 7);
  ask();
  EXPECT_EQ(rows("SELECT text, executions, query_id FROM statements"),
            (Rows{"SELECT a FROM t WHERE b = $1|2|5", "SELECT a FROM t WHERE b = $1|1|6",
                  "SELECT a FROM t WHERE b IN ($1, $2|2|7"}));
}

TEST_F(StatementRelation, GivesWhatHasNoQueryIdToTheOnlyStatementOfItsFingerprint) {
  run(100, 200, "SELECT a FROM t WHERE b = 1");
  run(200, 300, "SELECT a FROM t WHERE b = 2", 5);
  begin(300, "SELECT a FROM t WHERE b = 3");
  tell(310, kNotRun, {});
  end(320);
  run(400, 500, "SELECT a", 6);
  run(500, 600, "SELECT a", 7);
  run(600, 700, "SELECT a");
  ask();
  EXPECT_EQ(rows("SELECT text, executions, query_id FROM statements ORDER BY text, query_id"),
            (Rows{"SELECT a|1|NULL", "SELECT a|1|6", "SELECT a|1|7",
                  "SELECT a FROM t WHERE b = $1|2|5"}));
  EXPECT_EQ(rows("SELECT s.query_id FROM preparations p JOIN statements s USING (statement_id)"),
            Rows{"5"});
}

// SET a = 1 and SET a = 2 have two.
TEST_F(StatementRelation, GroupsUtilitiesByFingerprint) {
  run(100, 200, "SET a = 1", 5);
  run(200, 300, "SET a = 2", 6);
  run(300, 400, "BEGIN", 7);
  run(400, 500, "begin", 8);
  run(500, 600, "EXECUTE p(1)", 9);
  run(600, 700, "EXECUTE p(2)", 10);
  ask();
  EXPECT_EQ(rows("SELECT text, executions, query_id FROM statements"),
            (Rows{"SET a = $1|2|NULL", "BEGIN|2|NULL", "EXECUTE p($1)|1|9", "EXECUTE p($1)|1|10"}));
}

TEST_F(StatementRelation, HasAFingerprintOfSixtyFourBits) {
  run(100, 200, Text{{}, true, false, "SELECT 'a", false, false, 99, UINT64_MAX});
  run(200, 300, Text{{}, false, false, "", true, false, 9, UINT64_MAX});
  ask();
  EXPECT_EQ(rows("SELECT text, executions, fingerprint FROM statements"),
            Rows{"SELECT $1|2|ffffffffffffffff"});
}

TEST_F(StatementRelation, TakesWhatAutovacuumSaysAsItIs) {
  run(100, 200, "autovacuum: VACUUM public.2020_log");
  run(200, 300, "autovacuum: VACUUM public.2021_log");
  ask();
  EXPECT_EQ(rows("SELECT text FROM statements"),
            (Rows{"autovacuum: VACUUM public.2020_log", "autovacuum: VACUUM public.2021_log"}));
}

// "5" and "query 5" are texts that a client may send.
TEST_F(StatementRelation, DoesNotTakeATextForAQueryId) {
  run(100, 200, "5");
  run(200, 300, Text{{}, false, false, "", true}, 5);
  run(300, 400, "query 5");
  ask();
  EXPECT_EQ(rows("SELECT executions, query_id FROM statements"), (Rows{"1|NULL", "1|5", "1|NULL"}));
}

TEST_F(StatementRelation, HasTheTextOfAMessageThatFailedAsAWhole) {
  begin(100, "SELECT 1");
  const TextId message = writer_.text_id(Text{{}, false, false, "SELECT 1; SELEC 2"});
  tell(150, kOfText, {std::uint64_t{value(message)}});
  tell(160, kFailed, {std::string("42601")});
  end(160);
  ask();
  EXPECT_EQ(rows("SELECT text, outcome FROM executions"), Rows{"SELECT 1; SELEC 2|error"});
  EXPECT_EQ(rows("SELECT text FROM statements"), Rows{"SELECT $1; SELEC $2"});
}

TEST_F(StatementRelation, GivesAWorkersRunTheStatementOfItsLeader) {
  run(10, 20, "SELECT a", 6);
  begin(100, "SELECT a");
  pid_ = 8;
  begin(120, "SELECT a");
  tell(120, kOfLeader, {std::uint64_t{7}});
  end(145);
  pid_ = 7;
  complete(200, 5);
  ask();
  EXPECT_EQ(rows("SELECT s.query_id FROM worker_runs JOIN statements s USING (statement_id)"),
            Rows{"5"});
}

}  // namespace
}  // namespace pgrec

// Covers analyze/sql/statement_rows.h: how texts are stored, and which are one statement. How they
// come from a trace: execution_import_test.cc.
#include "analyze/sql/statement_rows.h"

#include <gtest/gtest.h>

#include "tests/unit/relations.h"

namespace pgrec {
namespace {

using Rows = std::vector<std::string>;

class StatementRowsTest : public testing::Test {
 protected:
  void add(std::uint32_t id, Text text) {
    text.id = TextId{id};
    rows_.add(text);
  }
  void add(std::uint32_t id, const std::string& text) { add(id, Text{{}, false, false, text}); }
  std::optional<std::int64_t> statement(std::uint32_t text,
                                        std::optional<std::int64_t> query_id = std::nullopt) {
    return rows_.statement(TextId{text}, query_id);
  }
  Rows rows(const std::string& sql) const { return test::rows_of(database_, sql); }

  Database database_ = test::empty_relations();
  StatementRows rows_{database_};
};

TEST_F(StatementRowsTest, SayOfEachTextWhatItIs) {
  add(1, Text{{}, false, false, "SELECT 1"});
  add(2, Text{{}, true, false, "SELECT 'a"});
  add(3, Text{{}, false, true, ""});
  add(4, Text{{}, false, false, "", true, false, 70});
  add(5, Text{{}, false, false, "SELECT $1", false, true});
  add(6, Text{{}, true, false, "SELECT 'a", false, false, 5000, UINT64_MAX});
  EXPECT_EQ(rows("SELECT * FROM texts"),
            (Rows{"1|SELECT 1|0|0|8|NULL", "2|SELECT 'a|1|0|NULL|NULL", "3|NULL|0|1|NULL|NULL",
                  "4|NULL|0|2|70|NULL", "5|SELECT $1|0|3|NULL|NULL", "6|SELECT 'a|1|0|5000|-1"}));
}

// Ids are given once; only a forged trace has one twice.
TEST_F(StatementRowsTest, KeepTheFirstTextOfAnId) {
  add(1, "SELECT a");
  add(1, "SELECT b");
  EXPECT_EQ(rows("SELECT text FROM texts"), Rows{"SELECT a"});
}

TEST_F(StatementRowsTest, ShowTheFirstTextOfAStatementWithoutItsLiterals) {
  add(1, "SELECT a FROM t WHERE b = 7");
  add(2, "select a from t where b = 8");
  const auto first = statement(2);
  EXPECT_EQ(statement(1), first);
  EXPECT_EQ(rows("SELECT text FROM statement_rows"), Rows{"select a from t where b = $1"});
}

TEST_F(StatementRowsTest, ReadAFingerprintOfSixtyFourBits) {
  add(1, Text{{}, true, false, "SELECT 'a", false, false, 99, UINT64_MAX});
  add(2, Text{{}, false, false, "", true, false, 9, UINT64_MAX});
  const auto first = statement(1);
  EXPECT_EQ(statement(2), first);
  EXPECT_EQ(rows("SELECT text, fingerprint FROM statement_rows"),
            Rows{"SELECT $1|ffffffffffffffff"});
}

TEST_F(StatementRowsTest, HaveNoStatementWhereNothingSaysOfWhich) {
  add(1, Text{{}, false, true, ""});
  EXPECT_EQ(statement(1), std::nullopt);
  EXPECT_EQ(statement(99), std::nullopt);
  EXPECT_EQ(rows("SELECT key FROM statement_rows"), Rows{});
}

TEST_F(StatementRowsTest, NameAStatementByTheFirstTextThatIsKnown) {
  add(1, Text{{}, false, true, ""});
  add(2, "SELECT 1");
  add(3, "SELECT 1 AS a");
  const auto of_five = statement(1, 5);
  EXPECT_EQ(statement(99, 5), of_five);
  EXPECT_EQ(statement(2, 5), of_five);
  EXPECT_EQ(statement(3, 5), of_five);
  EXPECT_EQ(rows("SELECT text FROM statement_rows"), Rows{"SELECT $1"});
}

TEST_F(StatementRowsTest, GoByTheQueryIdBeforeTheText) {
  add(1, "SELECT a FROM t WHERE b = 1");
  add(2, "SELECT a FROM t WHERE b = 2");
  EXPECT_EQ(statement(1, 5), statement(2, 5));
  EXPECT_NE(statement(1, 5), statement(1, 6));
  EXPECT_EQ(statement(1), statement(2));
}

TEST_F(StatementRowsTest, TakeWhatAutovacuumSaysAsItIs) {
  add(1, "autovacuum: VACUUM public.2020_log");
  add(2, "autovacuum: VACUUM public.2021_log");
  EXPECT_NE(statement(1), statement(2));
}

TEST_F(StatementRowsTest, GoByTheQueryIdWhereNoTextWasRecorded) {
  add(1, Text{{}, false, false, "", true});
  add(2, Text{{}, false, false, "", true});
  const auto of_five = statement(1, 5);
  EXPECT_TRUE(of_five);
  EXPECT_EQ(statement(2, 5), of_five);
  EXPECT_NE(statement(1, -5), of_five);
  EXPECT_EQ(statement(1), std::nullopt);
}

// "query 5" is a text that a client may send.
TEST_F(StatementRowsTest, DoNotTakeATextForAQueryId) {
  add(1, "5");
  add(2, Text{{}, false, false, "", true});
  add(3, "query 5");
  EXPECT_NE(statement(3), statement(2, 5));
  EXPECT_NE(statement(3), statement(1));
}

TEST_F(StatementRowsTest, StayTheSameWhateverTheNumberOfTexts) {
  constexpr std::uint32_t kTexts = (1u << 16) + 10;
  database_.execute("BEGIN");
  std::vector<std::optional<std::int64_t>> first;
  for (std::uint32_t id = 0; id < kTexts; ++id) {
    add(id, Text{{}, false, false, "", true, false, 9, id % 7 + 1u});
    if (id < 7) first.push_back(statement(id));
    ASSERT_EQ(statement(id), first[id % 7]) << id;
  }
  EXPECT_EQ(statement(3), first[3]);
  database_.execute("COMMIT");
  EXPECT_EQ(rows("SELECT count(*) FROM statement_rows"), Rows{"7"});
}

}  // namespace
}  // namespace pgrec

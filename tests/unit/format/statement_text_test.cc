// Covers format/statement_text.h: literals replaced, and texts that do not parse left as they are.
#include "format/statement_text.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

std::string repeated(const std::string& text, std::size_t count) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i)
    all += text;
  return all;
}

TEST(StatementText, ReplacesConstants) {
  EXPECT_EQ(statement_text("SELECT * FROM t WHERE a = 42 AND b = 'x'"),
            "SELECT * FROM t WHERE a = $1 AND b = $2");
}

TEST(StatementText, NumbersOnFromTheParametersThere) {
  EXPECT_EQ(statement_text("SELECT $1, 7"), "SELECT $1, $2");
}

TEST(StatementText, JoinsQueriesThatDifferInConstants) {
  EXPECT_EQ(statement_text("UPDATE t SET a = 1 WHERE id = 2"),
            statement_text("UPDATE t SET a = -33 WHERE id = 444"));
}

TEST(StatementText, LeavesATextThatDoesNotParse) {
  EXPECT_EQ(statement_text("SELEC 1"), "SELEC 1");
  EXPECT_EQ(statement_text("SELECT 'not clos"), "SELECT 'not clos");
}

TEST(StatementText, LeavesTheEmptyText) {
  EXPECT_EQ(statement_text(""), "");
}

TEST(StatementText, LeavesBytesThatAreNotUtf8) {
  EXPECT_EQ(statement_text("\xFF\xFE("), "\xFF\xFE(");
}

TEST(StatementText, TakesSeveralStatements) {
  EXPECT_EQ(statement_text("SELECT 1; SELECT 2"), "SELECT $1; SELECT $2");
}

// A recorded text holds up to 64 KiB, so a query nests some ten thousand levels deep.
TEST(StatementText, SurvivesAHugeSum) {
  EXPECT_NE(statement_text("SELECT 1" + repeated("+1", 30'000)), "");
}

TEST(StatementText, SurvivesDeepParentheses) {
  EXPECT_NE(statement_text("SELECT " + repeated("(", 30'000) + "1" + repeated(")", 30'000)), "");
}

TEST(StatementText, SurvivesDeepNegations) {
  EXPECT_NE(statement_text("SELECT " + repeated("NOT ", 15'000) + "true"), "");
}

TEST(StatementText, SurvivesDeepSubqueries) {
  EXPECT_NE(statement_text(repeated("SELECT (", 7'000) + "1" + repeated(")", 7'000)), "");
}

TEST(StatementText, SurvivesManyUnions) {
  EXPECT_NE(statement_text("SELECT 1" + repeated(" UNION SELECT 1", 4'000)), "");
}

}  // namespace
}  // namespace pgrec

// Covers analyze/sql/database.h: values there and back, several statements in a text, a sum, and
// SQLite's errors.
#include "analyze/sql/database.h"

#include <gtest/gtest.h>

#include "format/error.h"
#include "tests/unit/relations.h"

namespace pgrec {
namespace {

class DatabaseTest : public testing::Test {
 protected:
  SqlValue value_of(const std::string& expression) const {
    auto statement = database_.prepare("SELECT " + expression);
    EXPECT_TRUE(statement.step());
    return statement.value(0);
  }
  Database database_;
};

TEST_F(DatabaseTest, GivesEveryKindOfValue) {
  EXPECT_EQ(value_of("NULL"), SqlValue());
  EXPECT_EQ(value_of("42"), SqlValue(std::int64_t{42}));
  EXPECT_EQ(value_of("0.5"), SqlValue(0.5));
  EXPECT_EQ(value_of("'text'"), SqlValue(std::string("text")));
  EXPECT_EQ(value_of("x'4142'"), SqlValue(std::string("AB")));
}

TEST_F(DatabaseTest, BindsEveryKindOfValue) {
  auto statement = database_.prepare("SELECT ?, ?, ?");
  statement.bind(1, std::int64_t{-7}).bind(2, "a").bind_null(3);
  ASSERT_TRUE(statement.step());
  EXPECT_EQ(statement.integer(0), -7);
  EXPECT_EQ(statement.text(1), "a");
  EXPECT_TRUE(statement.is_null(2));
}

TEST_F(DatabaseTest, BindsWhatMayBeMissing) {
  auto statement = database_.prepare("SELECT ?, ?");
  statement.bind(1, std::optional<std::int64_t>(5)).bind(2, std::optional<std::string>());
  ASSERT_TRUE(statement.step());
  EXPECT_EQ(statement.integer(0), 5);
  EXPECT_TRUE(statement.is_null(1));
}

TEST_F(DatabaseTest, KeepsNulAndBytesThatAreNotUtf8InText) {
  auto statement = database_.prepare("SELECT ?");
  statement.bind(1, std::string_view("a\0b\xFF", 4));
  ASSERT_TRUE(statement.step());
  EXPECT_EQ(statement.text(0), std::string("a\0b\xFF", 4));
}

TEST_F(DatabaseTest, BindsAnEmptyTextAsText) {
  auto statement = database_.prepare("SELECT ?");
  statement.bind(1, std::string());
  ASSERT_TRUE(statement.step());
  EXPECT_FALSE(statement.is_null(0));
}

TEST_F(DatabaseTest, RunsAStatementAgain) {
  database_.execute("CREATE TABLE t (a INTEGER)");
  auto insert = database_.prepare("INSERT INTO t VALUES (?)");
  for (std::int64_t i = 1; i <= 3; ++i)
    insert.bind(1, i).run();
  EXPECT_EQ(value_of("group_concat(a) FROM t"), SqlValue(std::string("1,2,3")));
}

TEST_F(DatabaseTest, NamesColumns) {
  const auto statement = database_.prepare("SELECT 1 AS one, 2 AS two");
  EXPECT_EQ(statement.columns(), 2);
  EXPECT_EQ(statement.column_name(1), "two");
}

TEST_F(DatabaseTest, GivesStatementAfterStatement) {
  std::string_view sql = "SELECT 1; -- one\n ; SELECT 2";
  auto first = database_.prepare_next(sql);
  ASSERT_TRUE(first && first->step());
  auto second = database_.prepare_next(sql);
  ASSERT_TRUE(second && second->step());
  EXPECT_EQ(second->integer(0), 2);
  EXPECT_FALSE(database_.prepare_next(sql));
}

TEST_F(DatabaseTest, FindsNoStatementInComments) {
  std::string_view sql = "  -- nothing\n /* nothing */ ";
  EXPECT_FALSE(database_.prepare_next(sql));
  EXPECT_THROW(database_.prepare("-- nothing"), Error);
}

TEST_F(DatabaseTest, ThrowsSqlitesWords) {
  try {
    database_.prepare("SELECT nonsense");
    FAIL() << "nothing thrown";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "SQL: no such column: nonsense");
  }
}

TEST_F(DatabaseTest, HasASumThatStaysAtTheLargestNumber) {
  database_.execute(
      "CREATE TABLE t (id INTEGER, a INTEGER, b INTEGER); "
      "INSERT INTO t VALUES (1, 2, 30), (1, NULL, 400), (2, NULL, NULL), "
      "(3, 9223372036854775807, 1), (3, 1, 1), (4, -9223372036854775807, -2)");
  EXPECT_EQ(test::rows_of(database_,
                          "SELECT capped_sum(a), capped_sum(a, b), "
                          "typeof(capped_sum(a, b)) FROM t GROUP BY id"),
            (std::vector<std::string>{"2|432|integer", "NULL|NULL|null",
                                      "9223372036854775807|9223372036854775807|integer",
                                      "-9223372036854775807|-9223372036854775808|integer"}));
  EXPECT_EQ(test::rows_of(database_, "SELECT capped_sum(a) FROM t WHERE id > 4"),
            std::vector<std::string>{"NULL"});
}

TEST_F(DatabaseTest, ThrowsWhatARowBreaks) {
  database_.execute("CREATE TABLE t (a INTEGER NOT NULL)");
  auto insert = database_.prepare("INSERT INTO t VALUES (NULL)");
  EXPECT_THROW(insert.run(), Error);
}

}  // namespace
}  // namespace pgrec

// Covers analyze/sql/list_relation.h: values of each kind, rows made once, rows that do not fit.
#include "analyze/sql/list_relation.h"

#include <gtest/gtest.h>

#include "analyze/sql/database.h"
#include "format/error.h"
#include "tests/unit/relations.h"

namespace pgrec {
namespace {

class ListRelationTest : public testing::Test {
 protected:
  // The relation `list` of these rows.
  void add(ListRelation::Rows rows) {
    database_.add(std::make_shared<ListRelation>(
        "list",
        std::vector<RelationColumn>{
            {"n", ColumnKind::kInteger}, {"r", ColumnKind::kReal}, {"t", ColumnKind::kText}},
        [this, rows] {
          ++made_;
          return rows;
        }));
  }
  std::vector<std::string> rows(const std::string& sql) const {
    return test::rows_of(database_, sql);
  }
  int made_ = 0;
  Database database_;
};

TEST_F(ListRelationTest, GivesValuesOfEachKind) {
  add({{std::int64_t{1}, 0.5, "text"}, {{}, {}, {}}, {std::int64_t{-3}, std::int64_t{4}, ""}});
  EXPECT_EQ(rows("SELECT rowid, * FROM list"),
            (std::vector<std::string>{"1|1|0.5|text", "2|NULL|NULL|NULL", "3|-3|4.0|"}));
}

TEST_F(ListRelationTest, MakesItsRowsOnceAndWhenTheyAreAskedFor) {
  add({{std::int64_t{1}, 0.5, "a"}});
  EXPECT_EQ(made_, 0);
  EXPECT_EQ(rows("SELECT x.n + y.n FROM list x JOIN list y"), std::vector<std::string>{"2"});
  EXPECT_EQ(rows("SELECT count(*) FROM list"), std::vector<std::string>{"1"});
  EXPECT_EQ(made_, 1);
}

TEST_F(ListRelationTest, MayBeEmpty) {
  add({});
  EXPECT_EQ(rows("SELECT count(*), max(t) FROM list"), std::vector<std::string>{"0|NULL"});
}

TEST_F(ListRelationTest, RefusesAValueOfAnotherKind) {
  add({{std::int64_t{1}, 0.5, "a"}, {std::int64_t{1}, "b", "a"}});
  try {
    rows("SELECT n FROM list");
    FAIL() << "nothing thrown";
  } catch (const Error& error) {
    EXPECT_STREQ(error.what(), "SQL: list.r: a value is not of its column's kind");
  }
}

TEST_F(ListRelationTest, RefusesARowOfAnotherLength) {
  add({{std::int64_t{1}}});
  EXPECT_THROW(rows("SELECT n FROM list"), Error);
}

}  // namespace
}  // namespace pgrec

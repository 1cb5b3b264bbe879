// Covers analyze/sql/table_plans.h: what of a query a relation is told, and with which values.
#include "analyze/sql/table_plans.h"

#include <gtest/gtest.h>

#include <limits>

#include "analyze/sql/database.h"
#include "tests/unit/fake_relation.h"
#include "tests/unit/relations.h"

namespace pgrec {
namespace {

using test::FakeRelation;

class TablePlansTest : public testing::Test {
 protected:
  TablePlansTest() {
    std::mt19937 random(1);
    relation_ = std::make_shared<FakeRelation>("fake", test::random_rows(random, 20), 1u);
    relation_->do_all();
    database_.add(relation_);
  }
  // The bounds of the last of the runs that the query makes, such as "1>=3"; "not asked" where it
  // makes none.
  std::string bounds_of(const std::string& where) {
    const std::size_t before = relation_->scans().size();
    test::rows_of(database_, "SELECT * FROM fake WHERE " + where);
    if (relation_->scans().size() == before) return "not asked";
    std::string text;
    for (const Bound& bound : relation_->scans().back().bounds) {
      static constexpr const char* kSigns[] = {"=", "<", "<=", ">", ">="};
      text += (text.empty() ? "" : " ") + std::to_string(bound.column) +
              kSigns[static_cast<int>(bound.compare)];
      if (const auto* integer = std::get_if<std::int64_t>(&bound.value))
        text += std::to_string(*integer);
      else if (const auto* real = std::get_if<double>(&bound.value))
        text += std::to_string(*real);
      else
        text += "'" + std::get<std::string>(bound.value) + "'";
    }
    return text;
  }
  std::vector<std::string> plan_of(const std::string& query) {
    std::vector<std::string> plan;
    auto rows = database_.prepare("EXPLAIN QUERY PLAN " + query);
    while (rows.step())
      plan.push_back(rows.text(3));
    return plan;
  }

  std::shared_ptr<FakeRelation> relation_;
  Database database_;
};

TEST_F(TablePlansTest, GiveIntegersOfTheValuesOfAnyType) {
  EXPECT_EQ(bounds_of("a = 3 AND b < 4 AND id >= 5"), "1=3 2<4 0>=5");
  EXPECT_EQ(bounds_of("a = '3' AND b > '1'"), "1=3 2>1");
  EXPECT_EQ(bounds_of("a < 2.5 AND b <= 2.5"), "1<=2 2<=2");
  EXPECT_EQ(bounds_of("a > -2.5 AND b >= 2.5"), "1>-3 2>2");
  EXPECT_EQ(bounds_of("a > 2.0"), "1>2");
}

TEST_F(TablePlansTest, DoNotAskForWhatNoRowFulfils) {
  for (const char* where : {"a = 2.5", "a = NULL", "a > 'abc'", "a = x'33'", "a > 1e300",
                            "a < -1e300", "c > 'abc'", "name = NULL"})
    EXPECT_EQ(bounds_of(where), "not asked") << where;
}

TEST_F(TablePlansTest, LeaveOutNullWhereEachNumberFulfilsIt) {
  const std::string any = "2>=" + std::to_string(std::numeric_limits<std::int64_t>::min());
  for (const char* where : {"b < 'abc'", "b < 1e300", "b >= -1e300"})
    EXPECT_EQ(bounds_of(where), any) << where;
}

TEST_F(TablePlansTest, GiveRealsThatAreExact) {
  EXPECT_EQ(bounds_of("c = 2 AND c < 2.5"), "3=2.000000 3<2.500000");
  EXPECT_EQ(bounds_of("c < 9007199254740993"), "");
}

TEST_F(TablePlansTest, GiveTextsThatAreEqualByBytes) {
  EXPECT_EQ(bounds_of("name = 'abc'"), "4='abc'");
  EXPECT_EQ(bounds_of("name = 'abc' COLLATE NOCASE"), "");
  EXPECT_EQ(bounds_of("name = 5"), "");
  EXPECT_EQ(bounds_of("name > 'abc'"), "");
}

TEST_F(TablePlansTest, RunOnceForEachOfAList) {
  const std::size_t before = relation_->scans().size();
  EXPECT_EQ(bounds_of("a IN (1, 2, 3)"), "1=3");
  EXPECT_EQ(relation_->scans().size() - before, 3u);
}

TEST_F(TablePlansTest, RunOnceForEachTextOfAList) {
  const std::size_t before = relation_->scans().size();
  EXPECT_EQ(bounds_of("name IN ('5', 'abc', '5', NULL) AND a < 100"), "1<100 4='5'");
  EXPECT_EQ(relation_->scans().size() - before, 2u);
}

TEST_F(TablePlansTest, RunOnceForAListOfMoreThanTexts) {
  const std::size_t before = relation_->scans().size();
  database_.execute("CREATE TABLE mixed (v); INSERT INTO mixed VALUES ('5'), (5), ('abc')");
  EXPECT_EQ(bounds_of("name IN (SELECT v FROM mixed)"), "");
  EXPECT_EQ(relation_->scans().size() - before, 1u);
}

TEST_F(TablePlansTest, TellWhichColumnsAreLookedAt) {
  test::rows_of(database_, "SELECT b FROM fake WHERE a = 1");
  EXPECT_EQ(relation_->scans().back().columns.bits(), 0b110u);
  test::rows_of(database_, "SELECT count(*) FROM fake");
  EXPECT_EQ(relation_->scans().back().columns.bits(), 0u);
}

TEST_F(TablePlansTest, LeaveSortingToTheRelation) {
  EXPECT_EQ(plan_of("SELECT a FROM fake WHERE b = 3 ORDER BY a DESC").size(), 1u);
  test::rows_of(database_, "SELECT a FROM fake ORDER BY a DESC, b");
  EXPECT_EQ(relation_->scans().back().order, (std::vector<Order>{{1, true}, {2, false}}));
  EXPECT_FALSE(relation_->scans().back().grouping_only);
}

TEST_F(TablePlansTest, TellWhereGroupsAreEnough) {
  test::rows_of(database_, "SELECT a, count(*) FROM fake GROUP BY a");
  EXPECT_EQ(relation_->scans().back().order, (std::vector<Order>{{1, false}}));
  EXPECT_TRUE(relation_->scans().back().grouping_only);
}

TEST_F(TablePlansTest, LeaveTheOrderOfExpressionsToSqlite) {
  EXPECT_EQ(plan_of("SELECT a FROM fake ORDER BY a + 1").size(), 2u);
  EXPECT_TRUE(relation_->question().order.empty());
}

TEST_F(TablePlansTest, AreShownToPeople) {
  const auto plan = plan_of("SELECT a FROM fake WHERE b >= 3 ORDER BY a DESC");
  ASSERT_EQ(plan.size(), 1u);
  EXPECT_NE(plan[0].find(" where b>=? ordered by a desc columns 6"), std::string::npos) << plan[0];
}

TEST(ColumnSetTest, HasTheColumnsFrom63OnTogether) {
  const ColumnSet last(std::uint64_t{1} << 63);
  EXPECT_TRUE(last.has(63));
  EXPECT_TRUE(last.has(200));
  EXPECT_FALSE(last.has(62));
}

}  // namespace
}  // namespace pgrec

// Covers analyze/report/execution_views.h: figures that are too large. What they come from in a
// trace: analyze/sql/execution_import_test.cc; whole screens: tests/golden/queries.golden.
#include "analyze/report/execution_views.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "analyze/sql/function_times.h"
#include "tests/unit/relations.h"

namespace pgrec {
namespace {

const SqlValue kNull{};
const SqlValue kLargest{INT64_MAX};

// Two executions of a statement, each with the largest number for whatever can be added up.
class ExecutionViewsTest : public testing::Test {
 protected:
  ExecutionViewsTest() {
    const FunctionTimes relation(database_);
    database_.execute(
        "INSERT INTO statement_rows (statement_id, key) VALUES (1, 'a'); "
        "INSERT INTO execution_rows (execution_id, pid, ts_ns, duration_ns, text_id, statement_id, "
        "kind, outcome, rows, shared_hit, wal_bytes) "
        "SELECT value, 7, 0, 9223372036854775807, 1, 1, 0, 'completed', 9223372036854775807, "
        "9223372036854775807, 9223372036854775807 FROM json_each('[1, 2]'); "
        "INSERT INTO execution_functions "
        "SELECT value, 5, 1, 9223372036854775807, 9223372036854775807, 9223372036854775807, "
        "9223372036854775807, 9223372036854775807 FROM json_each('[1, 2]')");
  }

  Database database_ = test::empty_relations();
};

TEST_F(ExecutionViewsTest, OfStatementsStayAtTheLargestNumber) {
  const std::vector<Table> tables = by_query_view(database_);
  const auto& statement = tables.at(0).rows.at(0);
  EXPECT_EQ(statement.at(3), kLargest);
  for (const std::size_t column : {9u, 10u, 12u})
    EXPECT_EQ(statement.at(column), kLargest) << column;
  EXPECT_EQ(statement.at(11), kNull);
  const auto& function = tables.at(1).rows.at(0);
  for (const std::size_t column : {3u, 4u, 5u, 6u})
    EXPECT_EQ(function.at(column), kLargest) << column;
}

TEST_F(ExecutionViewsTest, OfExecutionsStayAtTheLargestNumber) {
  database_.execute("INSERT INTO execution_functions SELECT 1, 6, 1, 1, 1, 1, 1, 1");
  const std::vector<Table> tables = slow_view(database_, 5, Duration{}, from_ns(1));
  const auto& execution = tables.at(0).rows.at(0);
  EXPECT_EQ(execution.at(13), kLargest);
  EXPECT_EQ(execution.at(17), kLargest);
  ASSERT_EQ(tables.at(1).rows.size(), 3u);
  EXPECT_EQ(tables[1].rows[0].at(5), kLargest);
  EXPECT_EQ(tables[1].rows[0].at(6), kLargest);
}

}  // namespace
}  // namespace pgrec

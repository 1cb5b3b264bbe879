// Covers analyze/sql/functions.h, but for capped_sum (database_test.cc): each function of odd
// values, of none and in groups.
#include "analyze/sql/functions.h"

#include <gtest/gtest.h>

#include "analyze/sql/database.h"
#include "format/error.h"
#include "tests/unit/relations.h"

namespace pgrec {
namespace {

class FunctionsTest : public testing::Test {
 protected:
  FunctionsTest() {
    database_.execute(
        "CREATE TABLE t (g, x); INSERT INTO t VALUES (1, 5), (1, 1), (1, 3), (1, NULL), (2, 7), "
        "(3, NULL), (4, 0.5), (4, 1), (4, '2')");
  }
  std::vector<std::string> rows(const std::string& sql) const {
    return test::rows_of(database_, sql);
  }
  std::string value(const std::string& expression) const {
    return rows("SELECT " + expression).at(0);
  }
  // Of the aggregate over these values.
  std::string of(const std::string& aggregate, const std::string& values) const {
    return rows("WITH v(x) AS (VALUES " + values + ") SELECT " + aggregate + " FROM v").at(0);
  }
  std::string error(const std::string& aggregate, const std::string& values) const {
    try {
      return "no error: " + of(aggregate, values);
    } catch (const Error& thrown) {
      return thrown.what();
    }
  }
  Database database_;
};

TEST_F(FunctionsTest, PercentileIsTheNearestRankOfEachGroup) {
  EXPECT_EQ(rows("SELECT g, percentile(x, 50), percentile(x, 100) FROM t GROUP BY g"),
            (std::vector<std::string>{"1|3|5", "2|7|7", "3|NULL|NULL", "4|1|2"}));
  EXPECT_EQ(of("percentile(x, 0)", "(4),(2),(9)"), "2");
  EXPECT_EQ(of("percentile(x, 99.9)", "(4),(2),(9)"), "9");
  EXPECT_EQ(value("percentile(x, 50) FROM t WHERE g > 4"), "NULL");
}

TEST_F(FunctionsTest, PercentileKeepsTypesAndExtremes) {
  EXPECT_EQ(of("percentile(x, 100)", "(9223372036854775807),(1)"), "9223372036854775807");
  EXPECT_EQ(of("percentile(x, 0)", "(-9223372036854775808),(1.5)"), "-9223372036854775808");
  EXPECT_EQ(of("percentile(x, 50)", "(0.5),(1.5),(2.5)"), "1.5");
  EXPECT_EQ(of("typeof(percentile(x, 50))", "('7')"), "integer");
}

TEST_F(FunctionsTest, PercentileRefusesWhatIsNoNumber) {
  EXPECT_EQ(error("percentile(x, 50)", "(1),('abc')"), "SQL: percentile: 'abc' is not a number");
  for (const char* percent : {"-1", "100.5", "NULL", "'half'", "9e999"})
    EXPECT_EQ(error("percentile(x, " + std::string(percent) + ")", "(1)"),
              "SQL: percentile: the second argument is not a number from 0 to 100");
  EXPECT_EQ(error("percentile(1, x)", "(1),(2)"),
            "SQL: percentile: the second argument is not the same in each row");
  EXPECT_EQ(error("percentile(NULL, x)", "(1),(2)"),
            "SQL: percentile: the second argument is not the same in each row");
}

TEST_F(FunctionsTest, PercentileIsNoFunctionOfWindows) {
  EXPECT_EQ(error("percentile(x, 50) OVER ()", "(1)"),
            "SQL: percentile() may not be used as a window function");
}

TEST_F(FunctionsTest, HistogramHasARowForEachPowerOfTwo) {
  EXPECT_EQ(
      of("histogram(x)", "(4),(5),(7),(16),(NULL)"),
      R"([{"from":4,"to":7,"count":3},{"from":8,"to":15,"count":0},{"from":16,"to":31,"count":1}])");
  EXPECT_EQ(of("histogram(x)", "(0),(1),(1.9),('2')"),
            R"([{"from":0,"to":1,"count":3},{"from":2,"to":3,"count":1}])");
  EXPECT_EQ(of("histogram(x)", "(9223372036854775807)"),
            R"([{"from":4611686018427387904,"to":9223372036854775807,"count":1}])");
}

TEST_F(FunctionsTest, HistogramOfNothingIsEmpty) {
  EXPECT_EQ(of("histogram(x)", "(NULL)"), "[]");
  EXPECT_EQ(value("histogram(x) FROM t WHERE g > 4"), "[]");
}

TEST_F(FunctionsTest, HistogramIsJsonInItsGroups) {
  EXPECT_EQ(rows("SELECT g, json_extract(histogram(x), '$[0].count') FROM t GROUP BY g"),
            (std::vector<std::string>{"1|1", "2|1", "3|NULL", "4|2"}));
  EXPECT_EQ(of("json_array(histogram(x))", "(1)"), R"([[{"from":0,"to":1,"count":1}]])");
}

TEST_F(FunctionsTest, HistogramRefusesWhatHasNoPlaceInIt) {
  EXPECT_EQ(error("histogram(x)", "(-1)"), "SQL: histogram: a value is below 0");
  EXPECT_EQ(error("histogram(x)", "(-0.5)"), "SQL: histogram: a value is below 0");
  EXPECT_EQ(error("histogram(x)", "('abc')"), "SQL: histogram: 'abc' is not a number");
  EXPECT_EQ(error("histogram(x)", "(1e300)"), "SQL: histogram: '1.0e+300' is not a number");
}

TEST_F(FunctionsTest, Log2BucketIsThePowerOfTwoBelow) {
  EXPECT_EQ(
      value("log2_bucket(0), log2_bucket(1), log2_bucket(2), log2_bucket(3), log2_bucket(1025)"),
      "0|1|2|2|1024");
  EXPECT_EQ(value("log2_bucket(9223372036854775807), log2_bucket(0.9), log2_bucket('5.5')"),
            "4611686018427387904|0|4");
  EXPECT_EQ(value("log2_bucket(-1), log2_bucket(NULL), log2_bucket('abc'), log2_bucket(1e300)"),
            "NULL|NULL|NULL|NULL");
}

TEST_F(FunctionsTest, DurationTextIsAsReportsHaveIt) {
  EXPECT_EQ(
      value("duration_text(1234567), duration_text(870), duration_text(0), duration_text(1500.7)"),
      "1.23 ms|870 ns|0 ns|1.50 us");
  EXPECT_EQ(value("duration_text(NULL), duration_text('abc'), duration_text(1e300)"),
            "NULL|NULL|NULL");
}

TEST_F(FunctionsTest, AreForViewsToo) {
  database_.execute(
      "CREATE VIEW v AS SELECT duration_text(percentile(x, 50)) AS d FROM t WHERE g = 1");
  EXPECT_EQ(value("d FROM v"), "3 ns");
}

}  // namespace
}  // namespace pgrec

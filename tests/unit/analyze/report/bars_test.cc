// Covers analyze/report/bars.h: sparklines and bars.
#include "analyze/report/bars.h"

#include <gtest/gtest.h>

#include <limits>

namespace pgrec {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

TEST(Sparkline, HasAHeightForEachValue) {
  EXPECT_EQ(sparkline({1, 2, 3, 4, 5, 6, 7, 8}), "▁▂▃▄▅▆▇█");
  EXPECT_EQ(sparkline({}), "");
  EXPECT_EQ(sparkline({5, 5}), "██");
}

TEST(Sparkline, HasABlankForNothing) {
  EXPECT_EQ(sparkline({0, 4, -1, 8}), " ▄ █");
  EXPECT_EQ(sparkline({0, 0}), "  ");
}

TEST(Sparkline, ShowsWhatIsSmall) {
  EXPECT_EQ(sparkline({1e-9, 1e9}), "▁█");
}

TEST(Sparkline, TakesWhatIsNoNumber) {
  EXPECT_EQ(sparkline({kNoNumber, 1, kInfinity, -kInfinity}), " ██ ");
}

TEST(Bar, IsAsLongAsItsShareToAnEighth) {
  EXPECT_EQ(bar(1, 4), "████");
  EXPECT_EQ(bar(0.5, 4), "██");
  EXPECT_EQ(bar(5.0 / 16, 2), "▋");
  EXPECT_EQ(bar(13.0 / 16, 2), "█▋");
}

TEST(Bar, ShowsWhatIsSmallAndNothingOfNothing) {
  EXPECT_EQ(bar(1e-9, 10), "▏");
  EXPECT_EQ(bar(0, 10), "");
  EXPECT_EQ(bar(-1, 10), "");
  EXPECT_EQ(bar(0.5, 0), "");
}

TEST(Bar, IsNoLongerThanItsWidth) {
  EXPECT_EQ(bar(7, 2), "██");
  EXPECT_EQ(bar(kInfinity, 2), "██");
  EXPECT_EQ(bar(kNoNumber, 2), "");
}

}  // namespace
}  // namespace pgrec

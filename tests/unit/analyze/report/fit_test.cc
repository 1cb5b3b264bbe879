// Covers analyze/report/fit.h: which columns a line has room for.
#include "analyze/report/fit.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

using Fitted = std::vector<FittedColumn>;

TEST(Fit, LeavesWhatFits) {
  EXPECT_EQ(fit({{10, 5, true, 1}, {8, 8, false, 0}}, 20), (Fitted{{0, 10}, {1, 8}}));
  EXPECT_EQ(fit({}, 20), Fitted());
}

TEST(Fit, CutsTheWidestFlexibleColumnsFirst) {
  EXPECT_EQ(fit({{30, 10, true, 0}, {12, 10, true, 0}, {20, 5, false, 0}}, 56),
            (Fitted{{0, 20}, {1, 12}, {2, 20}}));
  EXPECT_EQ(fit({{30, 10, true, 0}, {28, 10, true, 0}}, 40), (Fitted{{0, 19}, {1, 19}}));
}

TEST(Fit, CutsNoneBelowItsLeast) {
  EXPECT_EQ(fit({{30, 18, true, 0}, {20, 10, true, 0}}, 32), (Fitted{{0, 18}, {1, 12}}));
}

TEST(Fit, LeavesOutTheLeastImportantWhereCuttingIsNotEnough) {
  EXPECT_EQ(
      fit({{20, 20, false, 0}, {10, 10, false, 1}, {10, 10, false, 2}, {10, 10, false, 2}}, 45),
      (Fitted{{0, 20}, {1, 10}, {2, 10}}));
  EXPECT_EQ(fit({{20, 20, false, 0}, {10, 10, false, 2}, {10, 10, false, 1}}, 32),
            (Fitted{{0, 20}, {2, 10}}));
}

TEST(Fit, CutsTextsNoMoreThanIsLeftToDoWhenColumnsAreOut) {
  EXPECT_EQ(fit({{40, 10, true, 0}, {20, 20, false, 1}}, 30), (Fitted{{0, 30}}));
}

TEST(Fit, CutsTheOthersWhereNothingElseCanGo) {
  EXPECT_EQ(fit({{30, 10, false, 0}, {20, 20, false, 0}}, 40), (Fitted{{0, 18}, {1, 20}}));
}

TEST(Fit, LeavesOutTheRightmostAtLast) {
  EXPECT_EQ(fit({{20, 20, false, 0}, {20, 20, false, 0}, {20, 20, false, 0}}, 45),
            (Fitted{{0, 20}, {1, 20}}));
}

TEST(Fit, ShowsTheFirstColumnWhateverTheWidth) {
  EXPECT_EQ(fit({{50, 50, false, 0}, {5, 5, false, 0}}, 40), (Fitted{{0, 50}}));
  EXPECT_EQ(fit({{50, 50, false, 3}}, 40), (Fitted{{0, 50}}));
}

}  // namespace
}  // namespace pgrec

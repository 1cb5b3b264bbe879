// Covers record/recording/overhead_limit.h: which probes have to go.
#include "record/recording/overhead_limit.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

constexpr Duration kOneSecond = std::chrono::seconds(1);
using Off = std::vector<std::size_t>;

// Calls cost 1 us, two hits each: 20,000 hits are 10 ms, 1 % of a second.
class OverheadLimitTest : public testing::Test {
 protected:
  OverheadLimit limit_{0.05, std::vector<Duration>(3, std::chrono::microseconds(1))};
  std::set<std::size_t> off_;
};

TEST_F(OverheadLimitTest, LeavesAllThatIsWithinTheLimit) {
  const auto verdict = limit_.check({20'000, 20'000, 50'000}, kOneSecond, off_);
  EXPECT_DOUBLE_EQ(verdict.share, 0.045);
  EXPECT_EQ(verdict.off, Off{});
}

TEST_F(OverheadLimitTest, TakesOffTheHottestUntilTheRestIsWithinTheLimit) {
  const auto verdict = limit_.check({20'000, 400'000, 40'000}, kOneSecond, off_);
  EXPECT_DOUBLE_EQ(verdict.share, 0.23);
  EXPECT_EQ(verdict.off, Off{1});
}

TEST_F(OverheadLimitTest, TakesOffWhatCostsMostAndNotWhatIsCalledMost) {
  using std::chrono::microseconds;
  OverheadLimit limit(0.05, {microseconds(1), microseconds(18), microseconds(1)});
  const auto verdict = limit.check({60'000, 20'000, 10'000}, kOneSecond, off_);
  EXPECT_DOUBLE_EQ(verdict.share, 0.03 + 0.18 + 0.005);
  EXPECT_EQ(verdict.off, Off{1});
}

// Without the hottest, 45 ms of 145 ms are left: less than 5 % of the second, and more than 5 % of
// what the work then takes.
TEST_F(OverheadLimitTest, KnowsThatTheWorkGetsShorterToo) {
  const auto verdict = limit_.check({1'710'000, 60'000, 30'000}, kOneSecond, off_);
  EXPECT_EQ(verdict.off, (Off{0, 1, 2}));
}

// Of an estimate that is more than what was used, the rest is not all that there is.
TEST_F(OverheadLimitTest, LeavesWhatIsCalledSeldomWhereTheEstimateIsTooHigh) {
  const auto verdict = limit_.check({2'100'000, 2'000, 0}, kOneSecond, off_);
  EXPECT_GT(verdict.share, 1);
  EXPECT_EQ(verdict.off, Off{0});
}

TEST_F(OverheadLimitTest, JudgesWhatWasAddedSinceTheLastCheck) {
  EXPECT_EQ(limit_.check({400'000, 0, 0}, kOneSecond, off_).off, Off{0});
  EXPECT_EQ(limit_.check({400'000, 80'000, 0}, 2 * kOneSecond, off_).off, Off{});
  EXPECT_EQ(limit_.check({400'000, 280'000, 0}, 3 * kOneSecond, off_).off, Off{1});
}

// Whatever it named before: its owner knows what became of that.
TEST_F(OverheadLimitTest, NamesAgainWhatIsOnAndNothingThatIsOff) {
  EXPECT_EQ(limit_.check({400'000, 200'000, 0}, kOneSecond, off_).off, (Off{0, 1}));
  EXPECT_EQ(limit_.check({800'000, 400'000, 0}, 2 * kOneSecond, off_).off, (Off{0, 1}));
  off_ = {0};
  EXPECT_EQ(limit_.check({1'200'000, 600'000, 0}, 3 * kOneSecond, off_).off, Off{1});
  off_ = {0, 1};
  EXPECT_EQ(limit_.check({1'600'000, 800'000, 0}, 4 * kOneSecond, off_).off, Off{});
}

TEST_F(OverheadLimitTest, WaitsUntilThereIsSomethingToJudge) {
  EXPECT_EQ(limit_.check({400'000, 0, 0}, std::chrono::milliseconds(9), off_).off, Off{});
  EXPECT_EQ(limit_.check({400'000, 0, 0}, std::chrono::milliseconds(10), off_).off, Off{0});
}

TEST_F(OverheadLimitTest, CountsFromWhereItIsRestarted) {
  limit_.restart({400'000, 0, 0}, kOneSecond);
  EXPECT_EQ(limit_.check({400'000, 20'000, 0}, 2 * kOneSecond, off_).off, Off{});
}

}  // namespace
}  // namespace pgrec

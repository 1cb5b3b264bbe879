// Covers record/recording/intervals.h: when intervals end, and what is reported of them.
#include "record/recording/intervals.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

constexpr std::uint64_t kBegan = 5000;

class IntervalsTest : public testing::Test {
 protected:
  // Ends the interval `late_ns` after its time.
  void end(std::uint64_t late_ns = 0, bool last = false) {
    IntervalEnd end;
    end.at.monotonic_ns = intervals_.end_ns() + late_ns;
    end.last = last;
    intervals_.end(std::move(end));
  }

  std::vector<IntervalEnd> reported_;
  Intervals intervals_{Duration(300), kBegan,
                       [this](IntervalEnd end) { reported_.push_back(std::move(end)); }};
};

TEST_F(IntervalsTest, EndOneAfterTheOther) {
  EXPECT_EQ(intervals_.end_ns(), kBegan + 300);
  end();
  EXPECT_EQ(intervals_.end_ns(), kBegan + 600);
  end();
  EXPECT_EQ(intervals_.end_ns(), kBegan + 900);
}

TEST_F(IntervalsTest, DoNotDriftWhereOneIsEndedLate) {
  end(50);
  EXPECT_EQ(intervals_.end_ns(), kBegan + 600);
}

TEST_F(IntervalsTest, ReportHowLongAfterTheBeginningOfTheRecordingTheyEnd) {
  end();
  end(10, true);
  ASSERT_EQ(reported_.size(), 2u);
  EXPECT_EQ(reported_[0].elapsed, Duration(300));
  EXPECT_FALSE(reported_[0].last);
  EXPECT_EQ(reported_[1].elapsed, Duration(610));
  EXPECT_TRUE(reported_[1].last);
}

}  // namespace
}  // namespace pgrec

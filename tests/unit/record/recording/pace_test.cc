// Covers record/recording/pace.h: how the pause between two rounds follows what they take in.
#include "record/recording/pace.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

constexpr Pace::Limits kLimits{10, 100, 2, 20};

// After so many rounds, each of which took in so much.
int pause_after(int rounds, std::size_t events, Pace& pace) {
  for (int i = 0; i < rounds; ++i)
    pace.took_in(events);
  return pace.pause_ms();
}

TEST(Pace, BeginsWithTheShortestPause) {
  EXPECT_EQ(Pace(kLimits).pause_ms(), 1);
}

TEST(Pace, DoublesThePauseAfterLittle) {
  Pace pace(kLimits);
  EXPECT_EQ(pause_after(1, 9, pace), 2);
  EXPECT_EQ(pause_after(2, 0, pace), 8);
}

TEST(Pace, PausesNoLongerThanTheLongest) {
  Pace pace(kLimits);
  EXPECT_EQ(pause_after(100, 0, pace), 20);
}

TEST(Pace, DividesThePauseAfterMuchDownToTheShortest) {
  Pace pace(kLimits);
  pause_after(100, 0, pace);
  EXPECT_EQ(pause_after(1, 101, pace), 10);
  EXPECT_EQ(pause_after(100, 101, pace), 1);
}

TEST(Pace, KeepsThePauseBetweenLittleAndMuch) {
  Pace pace(kLimits);
  pause_after(2, 0, pace);
  EXPECT_EQ(pause_after(5, 10, pace), 4);
  EXPECT_EQ(pause_after(5, 100, pace), 4);
}

TEST(Pace, OfAHurryAsLongAsTheLongestPauseFallsToTheShortestAtOnce) {
  Pace pace({101, 100, 50, 50});
  EXPECT_EQ(pause_after(100, 100, pace), 50);
  EXPECT_EQ(pause_after(1, 101, pace), 1);
}

}  // namespace
}  // namespace pgrec

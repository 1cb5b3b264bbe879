// Covers record/host/clocks.h: one moment on two clocks.
#include "record/host/clocks.h"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdlib>

namespace pgrec {
namespace {

TEST(Tightest, IsTheMiddleOfTheReadingThatTookTheShortest) {
  const std::array<ClockReading, 3> readings = {
      {{100, 7'000, 200}, {300, 8'000, 310}, {400, 9'000, 411}}};
  const Moment moment = tightest(readings);
  EXPECT_EQ(moment.monotonic_ns, 305u);
  EXPECT_EQ(moment.realtime_ns, 8'000);
}

TEST(Moment, IsMovedOnBothClocks) {
  const Moment moment{1'000, 50};
  EXPECT_EQ(moment.moved_to(1'007).realtime_ns, 57);
  EXPECT_EQ(moment.moved_to(990).monotonic_ns, 990u);
  EXPECT_EQ(moment.moved_to(990).realtime_ns, 40);
}

TEST(NowOnBoth, IsNow) {
  const std::uint64_t before = monotonic_ns();
  const Moment moment = now_on_both();
  EXPECT_LE(before, moment.monotonic_ns);
  EXPECT_LE(moment.monotonic_ns, monotonic_ns());
  const auto system = std::chrono::system_clock::now().time_since_epoch();
  EXPECT_LT(std::abs(std::chrono::nanoseconds(system).count() - moment.realtime_ns), 1'000'000'000);
}

}  // namespace
}  // namespace pgrec

// Covers record/recording/overhead_guard.h: when probes have to go, and what is known of those that
// went.
#include "record/recording/overhead_guard.h"

#include <gtest/gtest.h>

#include "tests/unit/probes.h"

namespace pgrec {
namespace {

constexpr Duration kSecond = std::chrono::seconds(1);
constexpr std::uint64_t kNow = 77'000'000'000;
using Off = std::vector<std::size_t>;

// Calls cost 1 us, two hits each: 20,000 hits are 10 ms, 1 % of a second.
class OverheadGuardTest : public testing::Test {
 protected:
  OverheadGuardTest() { guard_.limit(0.05, {std::chrono::microseconds(1)}); }

  void hit(std::uint32_t probe, std::uint64_t hits) {
    counts_[probe].sum.fired[WIRE_ENTER] += hits;
  }
  OverheadLimit::Verdict check() { return guard_.check(counts_, cpu_ += kSecond, off_); }

  const ProbeTable probes_ = test::probes({"inner", "outer"}, {"point"});
  OverheadGuard guard_{probes_};
  std::vector<ProbeCounts> counts_ = std::vector<ProbeCounts>(4);
  Duration cpu_{};
  std::set<std::size_t> off_;
};

TEST_F(OverheadGuardTest, IsDueFourTimesASecond) {
  EXPECT_TRUE(guard_.is_due(kNow));
  EXPECT_FALSE(guard_.is_due(kNow + 249'999'999));
  EXPECT_TRUE(guard_.is_due(kNow + 250'000'000));
  EXPECT_FALSE(guard_.is_due(kNow + 250'000'001));
}

TEST_F(OverheadGuardTest, IsNeverDueWithoutALimit) {
  OverheadGuard without(probes_);
  EXPECT_FALSE(without.is_due(kNow));
}

TEST_F(OverheadGuardTest, NamesTheFunctionThatIsCalledMost) {
  hit(0, 20'000);
  hit(1, 400'000);
  const auto verdict = check();
  EXPECT_EQ(verdict.off, Off{1});
  EXPECT_DOUBLE_EQ(verdict.share, 0.21);
}

TEST_F(OverheadGuardTest, NamesTheFunctionWhoseStepsCostMost) {
  const ProbeTable probes({Function{}, Function{}}, {}, Function{}, {true, false});
  OverheadGuard guard(probes);
  guard.limit(0.05, {std::chrono::microseconds(1), std::chrono::microseconds(19)});
  hit(0, 20'000);
  hit(1, 60'000);
  const auto verdict = guard.check(counts_, kSecond, off_);
  EXPECT_EQ(verdict.off, Off{0});
  EXPECT_DOUBLE_EQ(verdict.share, 0.23);
}

TEST_F(OverheadGuardTest, JudgesNoHitsOfOtherProcesses) {
  hit(1, 400'000);
  counts_[1].sum.foreign[WIRE_ENTER] = 400'000;
  EXPECT_EQ(check().off, Off{});
}

TEST_F(OverheadGuardTest, JudgesUsdtProbesAndNotTheHooksOfQueries) {
  hit(3, 400'000);
  EXPECT_EQ(check().off, Off{});
  hit(2, 400'000);
  EXPECT_EQ(check().off, Off{2});
}

TEST_F(OverheadGuardTest, KnowsWhatWasTakenOff) {
  hit(1, 400'000);
  guard_.note_taken_off(check(), 2 * kSecond);
  ASSERT_EQ(guard_.taken_off().size(), 1u);
  EXPECT_EQ(guard_.taken_off().front().function, FunctionId{1});
  EXPECT_EQ(guard_.taken_off().front().after, 2 * kSecond);
  EXPECT_EQ(guard_.facts(),
            (Metadata{{"record.throttled.1",
                       "after 2.00 s, when the probes took 20.0 % of the CPU time"}}));
}

TEST_F(OverheadGuardTest, SaysWhatTheKernelRefusedAndNamesItAgain) {
  hit(1, 400'000);
  EXPECT_EQ(check().off, Off{1});
  hit(1, 400'000);
  const auto verdict = check();
  EXPECT_EQ(verdict.off, Off{1});
  guard_.note_refused(verdict, 2 * kSecond, kNow, "no room");
  EXPECT_TRUE(guard_.taken_off().empty());
  ASSERT_EQ(guard_.refused().size(), 1u);
  EXPECT_EQ(guard_.refused().front().function, FunctionId{1});
  EXPECT_EQ(guard_.facts(), (Metadata{{"record.throttle_refused.1", "after 2.00 s: no room"}}));
}

TEST_F(OverheadGuardTest, ForgetsARefusalOfWhatIsTakenOffLater) {
  hit(1, 400'000);
  const auto verdict = check();
  guard_.note_refused(verdict, kSecond, kNow, "no room");
  guard_.note_taken_off(verdict, 2 * kSecond);
  EXPECT_TRUE(guard_.refused().empty());
  EXPECT_EQ(guard_.facts().size(), 1u);
}

TEST_F(OverheadGuardTest, NamesNothingThatIsOffWhateverIsCountedOfIt) {
  off_ = {1};
  hit(0, 400'000);
  hit(1, 800'000);
  EXPECT_EQ(check().off, Off{0});
}

TEST_F(OverheadGuardTest, WaitsLongerAfterEachRefusal) {
  std::uint64_t now = kNow;
  std::uint64_t wait_ns = 1'000'000'000;
  for (int refusals = 0; refusals < 10; ++refusals) {
    guard_.note_refused({}, kSecond, now, "no room");
    EXPECT_FALSE(guard_.is_due(now + wait_ns - 1));
    now += wait_ns;
    EXPECT_TRUE(guard_.is_due(now));
    wait_ns = std::min<std::uint64_t>(2 * wait_ns, 60'000'000'000);
  }
  EXPECT_TRUE(guard_.is_due(now + 250'000'000));
  guard_.note_taken_off({}, kSecond);
  guard_.note_refused({}, kSecond, now, "no room");
  EXPECT_TRUE(guard_.is_due(now + 1'000'000'000));
}

TEST_F(OverheadGuardTest, JudgesWhatWasAddedSinceARestart) {
  hit(0, 400'000);
  guard_.restart(counts_, cpu_);
  hit(0, 20'000);
  EXPECT_EQ(check().off, Off{});
}

}  // namespace
}  // namespace pgrec

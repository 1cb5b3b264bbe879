// Covers record/matching/call_matcher.h: calls whose end was not seen, executions, and what is open
// where a part ends.
#include "record/matching/call_matcher.h"

#include "tests/unit/record/matching/call_matcher_test.h"

namespace pgrec {
namespace {

// Calls whose end was not seen.

TEST_F(CallMatcherTest, GivesCallsBeyondTheKernelsDepthTheirOutcome) {
  enter(kA, 1000);
  enter_beyond(kA, 900);
  enter_beyond(kB, 800);
  story();
  leave(kA, 1000);
  EXPECT_EQ(story(), "depth-limit, depth-limit, returned");
}

TEST_F(CallMatcherTest, BelievesTheKernelSideOfEachCallAlone) {
  enter_beyond(kA, 1000);
  enter(kB, 900);
  enter_beyond(kA, 800);
  story();
  leave(kB, 900);
  thread_ends();
  EXPECT_EQ(story(), "depth-limit, returned, depth-limit");
}

// The kernel keeps more of a thread's than of the calls that are seen here.
TEST_F(CallMatcherTest, CallsOfAThreadThatHasNothingOpenCanBeBeyondTheKernelsDepth) {
  enter_beyond(kA, 1000);
  enter_beyond(kA, 1000);
  thread_ends();
  EXPECT_EQ(story(), "enter a, depth-limit, enter a, depth-limit");
}

TEST_F(CallMatcherTest, ManyOpenCallsAreNotBeyondTheKernelsDepthForThat) {
  for (std::uint64_t depth = 0; depth < 100; ++depth)
    enter(kA, 10'000 - depth * 16);
  story();
  thread_ends();
  EXPECT_EQ(story().find("depth-limit"), std::string::npos);
}

TEST_F(CallMatcherTest, EndsEverythingWhenItsThreadEnds) {
  begin(1);
  enter(kA, 100);
  enter(kB, 80);
  thread_ends();
  EXPECT_EQ(story(), "begin 1, enter a, enter b, unwound, unwound, end");
  EXPECT_TRUE(matcher_.idle());
}

TEST_F(CallMatcherTest, AbandonsEverythingWhereTheEndOfItsThreadWasLost) {
  begin(1);
  enter(kA, 100);
  story();
  MatchedEvents left;
  matcher_.abandon(from_ns(900), left);
  ASSERT_EQ(left.events.size(), 2u);
  EXPECT_EQ(left.events[0].kind, EventKind::kExitLost);
  EXPECT_EQ(left.events[1].kind, EventKind::kExecutionLost);
  for (const Event& event : left.events)
    EXPECT_EQ(to_ns(event.ts), 900);
  EXPECT_TRUE(matcher_.idle());
}

TEST_F(CallMatcherTest, NeverGoesBackInTime) {
  enter(kA, 100);
  now_ns_ -= 15;
  leave(kA, 100);
  EXPECT_EQ(times(), (std::vector<std::int64_t>{10, 10}));
}

TEST_F(CallMatcherTest, DoubtsAnExecutionAfterAReportWasLost) {
  begin(1);
  match();
  lose_a_report();
  enter(kA, 100);
  EXPECT_EQ(story(), "begin 1, end lost, enter a");
}

TEST_F(CallMatcherTest, TrustsAnExecutionThatBeganAfterTheLoss) {
  lose_a_report();
  match();
  begin(1);
  enter(kA, 100);
  EXPECT_EQ(story(), "begin 1, enter a");
}

TEST_F(CallMatcherTest, GivesACallWhoseExitWasLostItsOutcome) {
  enter(kA, 100);
  match();
  lose_exit_of(kA);
  enter(kA, 100);
  EXPECT_EQ(story(), "enter a, exit-lost, enter a");
}

TEST_F(CallMatcherTest, GivesACallUnwoundWhereAnotherFunctionsExitWasLost) {
  enter(kA, 100);
  match();
  lose_exit_of(kB);
  enter(kA, 100);
  EXPECT_EQ(story(), "enter a, unwound, enter a");
}

TEST_F(CallMatcherTest, GivesACallUnwoundThatEnteredAfterTheLoss) {
  lose_exit_of(kA);
  match();
  enter(kA, 100);
  enter(kA, 100);
  EXPECT_EQ(story(), "enter a, unwound, enter a");
}

TEST_F(CallMatcherTest, GivesAReturnWithoutAnEnterAsHeadless) {
  leave(kA, 100);
  EXPECT_EQ(story(), "headless a");
}

TEST_F(CallMatcherTest, GivesAHeadlessReturnBelowAnOpenCall) {
  enter(kA, 100);
  leave(kB, 80);
  leave(kA, 100);
  EXPECT_EQ(story(), "enter a, headless b, returned");
}

TEST_F(CallMatcherTest, GivesAReturnOfAnotherFunctionAtTheSpAsHeadless) {
  enter(kA, 100);
  leave(kB, 100);
  leave(kA, 100);
  EXPECT_EQ(story(), "enter a, headless b, returned");
}

// Executions.

TEST_F(CallMatcherTest, BeginsAndEndsAnExecution) {
  begin(1);
  idle();
  EXPECT_EQ(story(), "begin 1, end");
}

TEST_F(CallMatcherTest, StaysBusyWhileAnExecutionRuns) {
  begin(1);
  match();
  EXPECT_FALSE(matcher_.idle());
}

TEST_F(CallMatcherTest, AnExitWhoseEnterMayNotBeSampledCountsAsFilteredWithoutIt) {
  enter(kA, 1000);
  straddle(kB, 2000);
  EXPECT_EQ(story(), "enter a, unwound");
  EXPECT_EQ(recorded_, (std::vector<std::uint64_t>{1, 0, 0, 0}));
  EXPECT_EQ(filtered_, (std::vector<std::uint64_t>{0, 1, 0, 0}));
}

TEST_F(CallMatcherTest, AnExitWhoseEnterWasSampledIsItsReturn) {
  enter(kA, 1000);
  straddle(kA, 1000);
  EXPECT_EQ(story(), "enter a, returned");
  EXPECT_EQ(recorded_, (std::vector<std::uint64_t>{2, 0, 0, 0}));
}

TEST_F(CallMatcherTest, TwoSetsOfProbesMakeOneEvent) {
  for (const bool odd : {false, true}) {
    enter(kA, 1000);
    hits_.back().odd = odd;
  }
  for (const bool odd : {true, false}) {
    leave(kA, 1000);
    hits_.back().odd = odd;
  }
  EXPECT_EQ(story(), "enter a, returned");
  EXPECT_EQ(recorded_, (std::vector<std::uint64_t>{2, 0, 0, 0}));
  EXPECT_EQ(doubles_, (std::vector<std::uint64_t>{2, 0, 0, 0}));
}

// The hook is at the same place, and its program runs between those of the two sets.
TEST_F(CallMatcherTest, AReportBetweenTheTwoHitsOfAnEventDoesNotMakeThemTwo) {
  enter(kA, 1000);
  begin_at(1000);
  enter(kA, 1000);
  hits_.back().odd = true;
  probe_activity_as(kA);
  EXPECT_EQ(story(), "enter a, begin 1");
  EXPECT_EQ(doubles_, (std::vector<std::uint64_t>{1, 0, 0, 0}));
}

TEST_F(CallMatcherTest, TwoCallsAtOneStackPointerAreTwoForEachSetOfProbes) {
  for (const bool odd : {false, true, false, true, true}) {
    enter(kA, 1000);
    hits_.back().odd = odd;
  }
  EXPECT_EQ(story(), "enter a, unwound, enter a, unwound, enter a");
  EXPECT_EQ(doubles_, (std::vector<std::uint64_t>{2, 0, 0, 0}));
}

TEST_F(CallMatcherTest, ACallWhoseEnterWaitedThroughASwitchOfPartsIsHeadless) {
  enter(kA, 1000);
  hits_.back().ts_ns = kBegin - 1;
  hits_.back().waited = true;
  leave(kA, 1000);
  EXPECT_EQ(story(), "headless a");
  EXPECT_EQ(recorded_, (std::vector<std::uint64_t>{2, 0, 0, 0}));
}

TEST_F(CallMatcherTest, CountsEachHitThatIsAnEventOfAProbe) {
  enter(kA, 1000);
  enter(kB, 900);
  leave(kB, 900);
  leave(kC, 5000);
  thread_ends();
  EXPECT_EQ(story(), "enter a, enter b, returned, unwound, headless c");
  EXPECT_EQ(recorded_, (std::vector<std::uint64_t>{1, 2, 1, 0}));
}

// Another part.

TEST_F(CallMatcherTest, LeavesCallsOpenWhereAPartEnds) {
  enter(kA, 100);
  enter(kB, 80);
  EXPECT_EQ(switch_part(), "enter a, enter b | ");
  leave(kB, 80);
  enter(kC, 80);
  leave(kC, 80);
  leave(kA, 100);
  EXPECT_EQ(story(), "headless b, enter c, returned, headless a");
}

TEST_F(CallMatcherTest, SaysNothingInANewPartOfCallsThatDoNotReturn) {
  enter(kA, 100);
  enter(kB, 80);
  switch_part();
  enter(kC, 120);
  leave(kC, 120);
  EXPECT_EQ(story(), "enter c, returned");
}

TEST_F(CallMatcherTest, KnowsWhatTheKernelKeepsInANewPart) {
  enter(kA, 10'000);
  switch_part();
  enter_beyond(kB, 9000);
  enter(kC, 9100);
  EXPECT_EQ(story(), "enter b, depth-limit, enter c");
}

TEST_F(CallMatcherTest, EndsCallsThatShareAStackPointerInANewPart) {
  enter(kA, 100);
  jump(kB, 100);
  leave(kB, 100);
  EXPECT_EQ(switch_part(), "enter a, enter b, returned | ");
  leave(kA, 100);
  EXPECT_EQ(story(), "headless a");
}

TEST_F(CallMatcherTest, BeginsTheExecutionAgainInANewPart) {
  begin(1);
  begin(2);
  EXPECT_EQ(switch_part(), "begin 1, end, begin 2 | begin 2");
  idle();
  EXPECT_EQ(story(), "end");
}

TEST_F(CallMatcherTest, BeginsNothingAgainThatHasEnded) {
  begin(1);
  idle();
  EXPECT_EQ(switch_part(), "begin 1, end | ");
  EXPECT_TRUE(matcher_.idle());
}

TEST_F(CallMatcherTest, BeginsNothingAgainWhoseEndMayBeLost) {
  begin(1);
  match();
  lose_a_report();
  EXPECT_EQ(switch_part(), "begin 1, end lost | ");
}

TEST_F(CallMatcherTest, CountsTimesFromTheBeginningOfThePart) {
  enter(kA, 100);
  begin(1);
  switch_part();
  enter(kB, 80);
  EXPECT_EQ(times(), std::vector<std::int64_t>{10});
}

}  // namespace
}  // namespace pgrec

// Covers record/matching/call_matcher.h: enters paired with exits, and calls that were unwound.
#include "record/matching/call_matcher.h"

#include "tests/unit/record/matching/call_matcher_test.h"

namespace pgrec {
namespace {

// USDT probes.

TEST_F(CallMatcherTest, TellsOfUsdtProbesWithTheirArguments) {
  point(100, 5);
  hit(WIRE_POINT, kC, 100);
  point(100, 6);
  EXPECT_EQ(story(), "class 16 5, class 16, class 16 6");
  EXPECT_EQ(recorded_[kC], 3u);
}

// A function makes room on the stack and gives it back as it likes.
TEST_F(CallMatcherTest, LeavesCallsOpenWhereverAUsdtProbeIsOnTheStack) {
  enter(kA, 100);
  enter(kB, 80);
  point(60, 1);
  point(90, 2);
  point(200, 3);
  leave(kB, 80);
  leave(kA, 100);
  EXPECT_EQ(story(), "enter a, enter b, class 16 1, class 16 2, class 16 3, returned, returned");
}

TEST_F(CallMatcherTest, CountsAUsdtProbeOnceThatTwoSetsOfProbesSaw) {
  point(100, 5);
  point(100, 5);
  hits_.back().odd = true;
  EXPECT_EQ(story(), "class 16 5");
  EXPECT_EQ(recorded_[kC], 1u);
  EXPECT_EQ(doubles_[kC], 1u);
}

// Calls that return.

TEST_F(CallMatcherTest, PairsAnEnterWithItsExit) {
  enter(kA, 100);
  leave(kA, 100);
  EXPECT_EQ(story(), "enter a, returned");
}

TEST_F(CallMatcherTest, PairsNestedCalls) {
  enter(kA, 100);
  enter(kB, 80);
  leave(kB, 80);
  enter(kB, 80);
  leave(kB, 80);
  leave(kA, 100);
  EXPECT_EQ(story(), "enter a, enter b, returned, enter b, returned, returned");
}

TEST_F(CallMatcherTest, PairsRecursiveCalls) {
  for (const std::uint64_t sp : {100u, 90u, 80u})
    enter(kA, sp);
  for (const std::uint64_t sp : {80u, 90u, 100u})
    leave(kA, sp);
  EXPECT_EQ(story(), "enter a, enter a, enter a, returned, returned, returned");
}

TEST_F(CallMatcherTest, PairsAcrossBatches) {
  enter(kA, 100);
  EXPECT_EQ(story(), "enter a");
  leave(kA, 100);
  EXPECT_EQ(story(), "returned");
}

TEST_F(CallMatcherTest, CountsTimeFromTheTracesBeginning) {
  enter(kA, 100);
  leave(kA, 100);
  EXPECT_EQ(times(), (std::vector<std::int64_t>{10, 20}));
}

TEST_F(CallMatcherTest, CountsAHitFromBeforeTheBeginningAsItsBeginning) {
  now_ns_ = kBegin - 100;
  enter(kA, 100);
  EXPECT_EQ(times(), (std::vector<std::int64_t>{0}));
}

TEST_F(CallMatcherTest, IsIdleWhereNothingIsOpen) {
  EXPECT_TRUE(matcher_.idle());
  enter(kA, 100);
  match();
  EXPECT_FALSE(matcher_.idle());
  leave(kA, 100);
  match();
  EXPECT_TRUE(matcher_.idle());
}

// Calls that were unwound.

TEST_F(CallMatcherTest, FindsUnwoundCallsByALaterEnterAtAHigherSp) {
  enter(kA, 100);
  enter(kB, 80);
  enter(kC, 60);
  enter(kC, 90);
  EXPECT_EQ(story(), "enter a, enter b, enter c, unwound, unwound, enter c");
}

TEST_F(CallMatcherTest, FindsAnUnwoundCallByAnEnterOfItsFunctionAtItsSp) {
  enter(kA, 100);
  enter(kB, 80);
  enter(kB, 80);
  leave(kB, 80);
  leave(kA, 100);
  EXPECT_EQ(story(), "enter a, enter b, unwound, enter b, returned, returned");
}

TEST_F(CallMatcherTest, FindsUnwoundCallsByTheReturnOfAnOuterFunction) {
  enter(kA, 100);
  enter(kB, 80);
  enter(kC, 60);
  leave(kA, 100);
  EXPECT_EQ(story(), "enter a, enter b, enter c, unwound, unwound, returned");
}

TEST_F(CallMatcherTest, FindsUnwoundCallsByAHeadlessReturnAtAHigherSp) {
  enter(kB, 80);
  leave(kA, 100);
  EXPECT_EQ(story(), "enter b, unwound, headless a");
}

TEST_F(CallMatcherTest, FindsUnwoundCallsByAReportOfActivityAtTheirSpOrAHigherOne) {
  enter(kA, 200);
  enter(kB, 100);
  enter(kC, 80);
  idle_at(100);
  EXPECT_EQ(story(), "enter a, enter b, enter c, unwound, unwound");
  enter(kB, 100);
  begin_at(120);
  EXPECT_EQ(story(), "enter b, unwound, begin 1");
}

TEST_F(CallMatcherTest, LeavesOpenWhatAReportOfActivityIsInside) {
  enter(kA, 200);
  begin_at(120);
  leave(kA, 200);
  EXPECT_EQ(story(), "enter a, begin 1, returned");
}

TEST_F(CallMatcherTest, LeavesTheActivityFunctionsOwnCallOpen) {
  probe_activity_as(kA);
  enter(kB, 90);
  enter(kA, 100);
  idle_at(100);
  leave(kA, 100);
  EXPECT_EQ(story(), "enter b, unwound, enter a, returned");
}

TEST_F(CallMatcherTest, GivesUnwoundCallsTheTimeTheyWereFoundAt) {
  enter(kA, 100);
  enter(kB, 80);
  leave(kA, 100);
  EXPECT_EQ(times(), (std::vector<std::int64_t>{10, 20, 30, 30}));
}

// Two functions at one SP.

TEST_F(CallMatcherTest, ReturnsBothCallsOfATailCall) {
  enter(kA, 100);
  jump(kB, 100);
  leave(kB, 100);
  leave(kA, 100);
  EXPECT_EQ(story(), "enter a, enter b, returned, returned");
}

TEST_F(CallMatcherTest, ReturnsAllCallsOfATailCallThatTailCalls) {
  enter(kA, 100);
  jump(kB, 100);
  jump(kC, 100);
  for (const std::uint32_t probe : {kC, kB, kA})
    leave(probe, 100);
  EXPECT_EQ(story(), "enter a, enter b, enter c, returned, returned, returned");
}

TEST_F(CallMatcherTest, ReturnsCallsInsideATailCalledFunction) {
  enter(kA, 100);
  jump(kB, 100);
  enter(kC, 80);
  leave(kC, 80);
  leave(kB, 100);
  leave(kA, 100);
  EXPECT_EQ(story(), "enter a, enter b, enter c, returned, returned, returned");
}

TEST_F(CallMatcherTest, BuriesACallWhereAnotherFunctionIsCalledAtItsSp) {
  enter(kC, 140);
  enter(kA, 100);
  enter(kB, 100);
  leave(kB, 100);
  leave(kC, 140);
  EXPECT_EQ(story(), "enter c, enter a, unwound, enter b, returned, returned");
}

TEST_F(CallMatcherTest, BuriesACallAbandonedWhereAnotherFunctionReturnedAndEntersAgain) {
  enter(kA, 100);
  jump(kB, 100);
  leave(kB, 100);
  enter(kB, 100);
  leave(kB, 100);
  EXPECT_EQ(story(), "enter a, enter b, returned, unwound, enter b, returned");
}

TEST_F(CallMatcherTest, BuriesACallAbandonedWhereAnotherFunctionReturnedBeforeAnEnterBelow) {
  enter(kA, 100);
  jump(kB, 100);
  leave(kB, 100);
  enter(kC, 80);
  leave(kC, 80);
  EXPECT_EQ(story(), "enter a, enter b, returned, unwound, enter c, returned");
}

TEST_F(CallMatcherTest, BuriesACallAbandonedWhereAnotherFunctionReturnedBeforeAnEnterAbove) {
  enter(kA, 100);
  jump(kB, 100);
  leave(kB, 100);
  enter(kC, 120);
  EXPECT_EQ(story(), "enter a, enter b, returned, unwound, enter c");
}

TEST_F(CallMatcherTest,
       BuriesACallAbandonedWhereAnotherFunctionReturnedBeforeTheReturnOfItsCaller) {
  enter(kC, 140);
  enter(kA, 100);
  jump(kB, 100);
  leave(kB, 100);
  leave(kC, 140);
  EXPECT_EQ(story(), "enter c, enter a, enter b, returned, unwound, returned");
}

TEST_F(CallMatcherTest,
       BuriesACallAbandonedWhereAnotherFunctionReturnedBeforeAHeadlessReturnThere) {
  enter(kA, 100);
  jump(kB, 100);
  leave(kB, 100);
  leave(kC, 100);
  EXPECT_EQ(story(), "enter a, enter b, returned, unwound, headless c");
}

TEST_F(CallMatcherTest, BuriesACallAbandonedWhereAnotherFunctionReturnedInAnotherBatch) {
  enter(kA, 100);
  jump(kB, 100);
  leave(kB, 100);
  story();
  enter(kC, 80);
  EXPECT_EQ(story(), "unwound, enter c");
}

TEST_F(CallMatcherTest, KeepsTheCallerThatDoesNotShareItsSp) {
  enter(kC, 140);
  enter(kA, 100);
  leave(kA, 100);
  enter(kB, 80);
  leave(kB, 80);
  leave(kC, 140);
  EXPECT_EQ(story(), "enter c, enter a, returned, enter b, returned, returned");
}

}  // namespace
}  // namespace pgrec

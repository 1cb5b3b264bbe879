// Covers record/matching/call_matcher.h: enters paired with exits, calls that did not return, and
// what reports of queries do to both.
#include "record/matching/call_matcher.h"

#include <gtest/gtest.h>

#include <string>

namespace pgrec {
namespace {

constexpr std::uint32_t kA = 0, kB = 1, kC = 2, kActivity = 3;
constexpr std::uint64_t kBegin = 5000;

// Makes the hits of one thread, 10 ns apart, and tells the events they became.
class CallMatcherTest : public testing::Test {
 protected:
  void hit(wire_kind kind, std::uint32_t probe, std::uint64_t sp) {
    Hit& hit = hits_.emplace_back();
    hit.ts_ns = now_ns_ += 10;
    hit.sp = sp;
    hit.probe = probe;
    hit.kind = kind;
  }
  void enter(std::uint32_t probe, std::uint64_t sp) { hit(WIRE_ENTER, probe, sp); }
  // An enter by a jump at the end of another function.
  void jump(std::uint32_t probe, std::uint64_t sp) {
    enter(probe, sp);
    hits_.back().chained = true;
  }
  // The return of a call that entered at `sp`, whose enter may not have been sampled.
  void straddle(std::uint32_t probe, std::uint64_t sp) {
    leave(probe, sp);
    hits_.back().straddles = true;
  }
  // The return of a call that entered at `sp`.
  void leave(std::uint32_t probe, std::uint64_t sp) { hit(WIRE_EXIT, probe, sp + 8); }
  // A query that is its own key.
  void begin(std::uint64_t key) {
    hit(WIRE_BEGIN, kActivity, 0);
    hits_.back().query = std::make_unique<QueryHit>();
    hits_.back().query->query.key = key;
  }
  void idle() { idle_at(0); }
  void idle_at(std::uint64_t sp) { hit(WIRE_IDLE, kActivity, sp); }
  void begin_at(std::uint64_t sp) {
    begin(1);
    hits_.back().sp = sp;
  }
  void fail_at(std::uint64_t sp) {
    begin_at(sp);
    hits_.back().kind = WIRE_FAILED;
  }
  // The activity function is also probed.
  void probe_activity_as(std::uint32_t probe) { context_.activity_function = probe; }

  // Hands the hits so far to the matcher.
  void match() {
    queries_.text_of = [](const QueryHit& query, const ThreadKey& /*thread*/) {
      Text text;
      text.id = TextId{static_cast<std::uint32_t>(query.query.key)};
      return std::make_shared<QueryText>(QueryText{{text}});
    };
    queries_.text_id = [](const Text& text) { return text.id; };
    queries_.leader_of = [](std::uint32_t /*pid*/) { return std::nullopt; };
    matcher_.match(hits_, context_, matched_);
    hits_.clear();
    lost_before_ = lost_now_;
  }
  void lose_exit_of(std::uint32_t probe) { ++lost_now_.at(probe); }
  void lose_a_report() { ++lost_now_.at(kActivity); }
  void thread_ends() { hit(WIRE_GONE, 0, 0); }

  // "enter a, enter b, returned, returned": the events since the last call.
  std::string story() {
    match();
    std::string all;
    for (const Event& event : matched_.events)
      all += (all.empty() ? "" : ", ") + word(event);
    matched_.clear();
    told_ = 0;
    return all;
  }
  std::vector<std::int64_t> times() {
    match();
    std::vector<std::int64_t> all;
    for (const Event& event : matched_.events)
      all.push_back(to_ns(event.ts));
    return all;
  }
  // The recording goes on in another part: what the old one ends with, and what the new one begins
  // with.
  std::string switch_part() {
    match();
    matcher_.finish(context_, matched_);
    const std::string ended = story();
    context_.begin_ns = queries_.begin_ns = now_ns_;
    matcher_.begin_part(context_, matched_);
    return ended + " | " + story();
  }
  // A USDT probe, the one probe that is none of the functions.
  void point(std::uint64_t sp, std::uint64_t argument) {
    hit(WIRE_POINT, kC, sp);
    hits_.back().arguments = std::make_unique<ArgumentValues>(ArgumentValues{argument});
  }
  std::vector<Hit> hits_;  // that were not handed to the matcher yet
  // By probe.
  std::vector<std::uint64_t> recorded_ = std::vector<std::uint64_t>(4);
  std::vector<std::uint64_t> filtered_ = std::vector<std::uint64_t>(4);
  std::vector<std::uint64_t> doubles_ = std::vector<std::uint64_t>(4);
  CallMatcher matcher_{ThreadKey{7, 7}};

  std::uint64_t now_ns_ = kBegin;

 private:
  std::string word(const Event& event) {
    const std::string function(1, static_cast<char>('a' + value(event.function)));
    switch (event.kind) {
      case EventKind::kEnter:
        return "enter " + function;
      case EventKind::kReturned:
        return "returned";
      case EventKind::kUnwound:
        return "unwound";
      case EventKind::kDepthLimit:
        return "depth-limit";
      case EventKind::kExitLost:
        return "exit-lost";
      case EventKind::kHeadless:
        return "headless " + function;
      case EventKind::kExecutionBegin:
        return "begin " + std::to_string(value(event.text));
      case EventKind::kExecutionEnd:
        return "end";
      case EventKind::kExecutionLost:
        return "end lost";
      case EventKind::kOfClass:
        return "class " + std::to_string(value(event.event_class)) + argument();
    }
    return "?";
  }
  // Of the event of a class that is told next.
  std::string argument() {
    if (told_ == matched_.arguments.size()) return " without arguments";
    const ArgumentValues& values = matched_.arguments[told_++];
    return values.empty() ? "" : " " + std::to_string(std::get<std::uint64_t>(values.front()));
  }
  std::size_t told_ = 0;

  std::vector<std::uint64_t> lost_before_ = {0, 0, 0, 0};
  std::vector<std::uint64_t> lost_now_ = {0, 0, 0, 0};
  QueryContext queries_;
  MatchContext context_{kBegin,     kActivity,  &lost_before_, &lost_now_,   &queries_,
                        &recorded_, &filtered_, &doubles_,     std::nullopt, kC};
  MatchedEvents matched_;
};

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

// Calls whose end was not seen.

TEST_F(CallMatcherTest, GivesCallsBeyondTheKernelsDepthTheirOutcome) {
  for (std::uint64_t depth = 0; depth < 66; ++depth)
    enter(kA, 10'000 - depth * 16);
  story();
  leave(kA, 10'000 - 63 * 16);
  EXPECT_EQ(story(), "depth-limit, depth-limit, returned");
}

TEST_F(CallMatcherTest, HasReturnProbesAgainAfterCallsReturned) {
  for (std::uint64_t depth = 0; depth < 65; ++depth)
    enter(kA, 10'000 - depth * 16);
  leave(kA, 10'000 - 63 * 16);
  enter(kB, 10'000 - 63 * 16);
  story();
  leave(kA, 10'000 - 62 * 16);
  EXPECT_EQ(story(), "unwound, returned");
}

TEST_F(CallMatcherTest, HasReturnProbesAgainAfterCallsWereUnwoundBelowTheLimit) {
  for (std::uint64_t depth = 0; depth < 63; ++depth)
    enter(kA, 10'000 - depth * 16);
  for (std::uint64_t depth = 0; depth < 64; ++depth)
    enter(kB, 10'000 - depth * 16);
  story();
  thread_ends();
  EXPECT_EQ(story().find("depth-limit"), std::string::npos);
}

// The kernel drops dead return probes only when it adds one, and adds none at the limit.
TEST_F(CallMatcherTest, HasNoReturnProbesAgainAfterCallsWereUnwoundAtTheLimit) {
  for (std::uint64_t depth = 0; depth < 64; ++depth)
    enter(kA, 10'000 - depth * 16);
  enter(kB, 10'000);
  story();
  enter(kB, 10'000);
  EXPECT_EQ(story(), "depth-limit, enter b");
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
  matcher_.abandon(left);
  ASSERT_EQ(left.events.size(), 2u);
  EXPECT_EQ(left.events[0].kind, EventKind::kExitLost);
  EXPECT_EQ(left.events[1].kind, EventKind::kExecutionLost);
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
  for (std::uint64_t i = 0; i < 64; ++i)
    enter(kA, 10'000 - 10 * i);
  switch_part();
  enter(kB, 9000);  // the kernel keeps no return probe for it
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

// Covers format/thread_state.h: what each event does to what a thread has open, and what is
// reported.
#include "format/thread_state.h"

#include <gtest/gtest.h>

#include "tests/unit/collected_calls.h"

namespace pgrec {
namespace {

using Rows = std::vector<std::string>;

class Replay : public testing::Test {
 protected:
  bool apply(EventKind kind, std::int64_t ns, std::uint32_t number = 0) {
    const Event event{kind, FunctionId{number}, TextId{number}, from_ns(ns)};
    return replay(event, {1, 2}, state_, ids_, sink_);
  }
  Rows reported() const { return sink_.rows(); }
  Rows open(std::size_t first_depth = 0) const {
    test::CollectedCalls open;
    report_open({1, 2}, state_, open, first_depth);
    return open.rows();
  }

  ThreadState state_;
  NextIds ids_;
  test::CollectedCalls sink_;
};

TEST_F(Replay, ReportsACallThatReturned) {
  apply(EventKind::kEnter, 100, 7);
  apply(EventKind::kReturned, 130);
  EXPECT_EQ(reported(), (Rows{"c0 f7 p1/t2 @100 took=30 self=30 depth=0 in=- - returned"}));
}

TEST_F(Replay, TakesCallsInsideFromTheSelfTime) {
  apply(EventKind::kEnter, 100);
  apply(EventKind::kEnter, 110);
  apply(EventKind::kReturned, 115);
  apply(EventKind::kReturned, 130);
  EXPECT_EQ(reported(), (Rows{"c0 f0 p1/t2 @100 took=30 self=25 depth=0 in=- - returned",
                              "c1 f0 p1/t2 @110 took=5 self=5 depth=1 in=c0 - returned"}));
}

TEST_F(Replay, LeavesCallsThatDidNotReturnInTheSelfTime) {
  apply(EventKind::kEnter, 100);
  apply(EventKind::kEnter, 110);
  apply(EventKind::kUnwound, 115);
  apply(EventKind::kReturned, 130);
  EXPECT_EQ(reported()[0], "c0 f0 p1/t2 @100 took=30 self=30 depth=0 in=- - returned");
}

TEST_F(Replay, TakesReturnedCallsInsideOnesThatDidNotReturnFromTheSelfTime) {
  apply(EventKind::kEnter, 100);
  apply(EventKind::kEnter, 110);
  apply(EventKind::kEnter, 111);
  apply(EventKind::kReturned, 116);
  apply(EventKind::kUnwound, 118);
  apply(EventKind::kReturned, 130);
  EXPECT_EQ(reported()[0], "c0 f0 p1/t2 @100 took=30 self=25 depth=0 in=- - returned");
}

TEST_F(Replay, GivesNoDurationToACallThatDidNotReturn) {
  for (const EventKind kind : {EventKind::kUnwound, EventKind::kDepthLimit, EventKind::kExitLost}) {
    apply(EventKind::kEnter, 100);
    apply(kind, 110);
  }
  EXPECT_EQ(reported(), (Rows{"c0 f0 p1/t2 @100 took=- self=- depth=0 in=- - unwound",
                              "c1 f0 p1/t2 @100 took=- self=- depth=0 in=- - depth-limit",
                              "c2 f0 p1/t2 @100 took=- self=- depth=0 in=- - exit-lost"}));
}

TEST_F(Replay, ReportsAHeadlessCallWhereItReturned) {
  apply(EventKind::kEnter, 100, 7);
  apply(EventKind::kHeadless, 110, 8);
  EXPECT_EQ(reported(), (Rows{"c1 f8 p1/t2 @110 took=- self=- depth=1 in=c0 - headless"}));
}

TEST_F(Replay, ReportsAnExecutionThatEnded) {
  apply(EventKind::kExecutionBegin, 100, 5);
  apply(EventKind::kExecutionEnd, 130);
  EXPECT_EQ(reported(), (Rows{"e0 x5 p1 @100 took=30"}));
}

TEST_F(Replay, EndsTheExecutionThatRunsWhereAnotherBegins) {
  apply(EventKind::kExecutionBegin, 100, 5);
  apply(EventKind::kExecutionBegin, 120, 6);
  EXPECT_EQ(reported(), (Rows{"e0 x5 p1 @100 took=20"}));
  EXPECT_EQ(open(), (Rows{"e1 x6 p1 @120 took=-"}));
}

TEST_F(Replay, LeavesACallTheExecutionItBeganIn) {
  apply(EventKind::kExecutionBegin, 100, 5);
  apply(EventKind::kEnter, 110);
  apply(EventKind::kExecutionEnd, 120);
  apply(EventKind::kReturned, 130);
  EXPECT_EQ(reported()[0], "c0 f0 p1/t2 @110 took=20 self=20 depth=0 in=- e0 returned");
}

TEST_F(Replay, RefusesAnEndOfNothing) {
  EXPECT_FALSE(apply(EventKind::kReturned, 100));
  EXPECT_FALSE(apply(EventKind::kUnwound, 100));
  EXPECT_FALSE(apply(EventKind::kDepthLimit, 100));
  EXPECT_FALSE(apply(EventKind::kExitLost, 100));
  EXPECT_FALSE(apply(EventKind::kExecutionEnd, 100));
  EXPECT_EQ(reported(), Rows{});
}

TEST_F(Replay, ReportsWhatIsOpenFromADepth) {
  apply(EventKind::kEnter, 100);
  apply(EventKind::kEnter, 110);
  EXPECT_EQ(open(1), (Rows{"c1 f0 p1/t2 @110 took=- self=- depth=1 in=c0 - open"}));
  EXPECT_EQ(open().size(), 2u);
}

TEST_F(Replay, IsIdleWhereNothingIsOpen) {
  EXPECT_TRUE(state_.idle());
  apply(EventKind::kExecutionBegin, 100);
  EXPECT_FALSE(state_.idle());
  apply(EventKind::kExecutionEnd, 110);
  EXPECT_TRUE(state_.idle());
}

}  // namespace
}  // namespace pgrec

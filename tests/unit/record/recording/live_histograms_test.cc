// Covers record/recording/live_histograms.h: what is printed of an interval.
#include "record/recording/live_histograms.h"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/unit/probes.h"

namespace pgrec {
namespace {

constexpr FunctionId kInnerFunction{0};
constexpr FunctionId kOuterFunction{1};

class LiveHistogramsTest : public testing::Test {
 protected:
  LiveHistogramsTest() {
    now_.counts.resize(3);
    now_.short_calls.resize(3);
    now_.without_room.resize(3);
  }

  // A chunk in which `count` calls began and ended as `outcome`, those that returned after
  // `duration`.
  void chunk(FunctionId function, std::uint64_t count, Outcome outcome, Duration duration = {}) {
    Summary summary;
    FunctionSummary& calls = summary.functions[function];
    calls.calls = count;
    if (outcome == Outcome::kOpen) return histograms_.add(summary);
    calls.ended[static_cast<std::size_t>(outcome)] = count;
    if (outcome == Outcome::kReturned) {
      calls.min = calls.max = duration;
      calls.self = duration * static_cast<std::int64_t>(count);
      for (std::uint64_t i = 0; i < count; ++i)
        calls.durations.add(duration);
    }
    histograms_.add(summary);
  }

  // What is printed when a second has passed.
  std::string end(bool last = false) {
    now_.elapsed += std::chrono::seconds(1);
    now_.at.realtime_ns = 1'772'000'000'000'000'000 + now_.elapsed.count();
    now_.last = last;
    screen_.str("");
    histograms_.end(now_);
    return screen_.str();
  }

  std::ostringstream screen_;
  const ProbeTable probes_ = test::probes({"inner", "outer"});
  LiveHistograms histograms_{screen_, probes_, Duration(1000)};
  IntervalEnd now_;
};

TEST_F(LiveHistogramsTest, PrintsTheHistogramOfEachFunctionTheSlowestFirst) {
  chunk(kInnerFunction, 3, Outcome::kReturned, Duration(700));
  chunk(kOuterFunction, 1, Outcome::kReturned, Duration(5000));
  EXPECT_EQ(end(), R"(2026-02-25T06:13:21Z, 1.000 s: 4 calls, 0 lost

outer: 1 call
  total 5.00 us, mean 5.00 us, p50 5.00 us, p90 5.00 us, p99 5.00 us, max 5.00 us
     nsecs                    : count       distribution                        time     distribution
        4096 -> 8191          : 1           |******************************|  5.00 us |******************************|

inner: 3 calls
  total 2.10 us, mean 700 ns, p50 700 ns, p90 700 ns, p99 700 ns, max 700 ns
     nsecs                    : count       distribution                        time     distribution
         512 -> 1023          : 3           |******************************|  2.10 us |******************************|
)");
}

TEST_F(LiveHistogramsTest, CountsOnlyWhatEndedInTheInterval) {
  chunk(kInnerFunction, 3, Outcome::kReturned, Duration(700));
  end();
  chunk(kInnerFunction, 2, Outcome::kReturned, Duration(700));
  const std::string second = end();
  EXPECT_NE(second.find("2.000 s: 2 calls, 0 lost\n"), second.npos) << second;
  EXPECT_NE(second.find("\ninner: 2 calls\n"), second.npos) << second;
}

TEST_F(LiveHistogramsTest, NamesTheFunctionsWithoutACallInOneLine) {
  EXPECT_EQ(end(), "2026-02-25T06:13:21Z, 1.000 s: 0 calls, 0 lost\n\n0 calls: inner, outer\n");
}

TEST_F(LiveHistogramsTest, SaysWhyCallsDidNotReturn) {
  chunk(kInnerFunction, 2, Outcome::kUnwound);
  chunk(kInnerFunction, 1, Outcome::kHeadless);
  EXPECT_EQ(end(),
            "2026-02-25T06:13:21Z, 1.000 s: 3 calls, 0 lost\n\n"
            "inner: 3 calls, 3 of them without a return\n"
            "  without a return: 2 unwound, 1 headless\n\n"
            "0 calls: outer\n");
}

TEST_F(LiveHistogramsTest, CountsCallsThatAreOpenAtTheEndOnly) {
  chunk(kOuterFunction, 2, Outcome::kOpen);
  EXPECT_EQ(end(), "2026-02-25T06:13:21Z, 1.000 s: 0 calls, 0 lost\n\n0 calls: inner, outer\n");
  EXPECT_EQ(end(true),
            "\n2026-02-25T06:13:22Z, 2.000 s: 2 calls, 0 lost\n\n"
            "outer: 2 calls, 2 of them without a return\n"
            "  without a return: 2 open\n\n"
            "0 calls: inner\n");
}

TEST_F(LiveHistogramsTest, CountsACallWhereItEndsAndNotWhereItBegan) {
  chunk(kOuterFunction, 1, Outcome::kOpen);
  end();
  Summary ended;
  ended.functions[kOuterFunction].ended[static_cast<std::size_t>(Outcome::kUnwound)] = 1;
  histograms_.add(ended);
  const std::string second = end(true);
  EXPECT_NE(
      second.find("outer: 1 call, 1 of them without a return\n  without a return: 1 unwound\n"),
      second.npos)
      << second;
}

TEST_F(LiveHistogramsTest, TellsTheLossesOfTheInterval) {
  now_.counts[0].sum.lost[WIRE_LOSS_RING_FULL][WIRE_ENTER] = 1500;
  now_.counts[0].sum.lost[WIRE_LOSS_RING_FULL][WIRE_EXIT] = 500;
  now_.counts[2].sum.lost[WIRE_LOSS_RING_FULL][WIRE_BEGIN] = 7;
  EXPECT_EQ(end(),
            "2026-02-25T06:13:21Z, 1.000 s: 0 calls, 2,007 lost\n"
            "lost 2,007 events, ring-full: inner 2,000, pgstat_report_activity 7\n\n"
            "0 calls: inner, outer\n");
  const std::string second = end();
  EXPECT_NE(second.find("2.000 s: 0 calls, 0 lost\n"), second.npos) << second;
}

TEST_F(LiveHistogramsTest, TellsTheEventsWithoutRoomInTheTrace) {
  now_.without_room[1] = 12;
  EXPECT_EQ(end(),
            "2026-02-25T06:13:21Z, 1.000 s: 0 calls, 12 lost\n"
            "lost 12 events, format-bound: outer 12\n\n"
            "0 calls: inner, outer\n");
  const std::string second = end();
  EXPECT_NE(second.find("2.000 s: 0 calls, 0 lost\n"), second.npos) << second;
}

TEST_F(LiveHistogramsTest, AddsCallsThatWereCountedOnly) {
  chunk(kInnerFunction, 1, Outcome::kReturned, Duration(5000));
  now_.short_calls[0].add(Duration(700));
  now_.short_calls[0].add(Duration(700));
  now_.filtered_events = 4;
  const std::string first = end();
  EXPECT_NE(first.find("1.000 s: 3 calls, 0 lost, 4 events filtered\n"), first.npos) << first;
  EXPECT_NE(first.find("inner: 3 calls, 2 of them counted only, because they were short\n"),
            first.npos)
      << first;
  EXPECT_NE(first.find("         512 -> 1023          : 2 "), first.npos) << first;
  const std::string second = end();
  EXPECT_NE(second.find("2.000 s: 0 calls, 0 lost\n"), second.npos) << second;
}

TEST_F(LiveHistogramsTest, SaysOfWhichFunctionsNothingIsRecordedAnyMore) {
  now_.taken_off = {1};
  const std::string first = end();
  EXPECT_NE(first.find("not recorded any more (throttled): outer\n"), first.npos) << first;
}

TEST_F(LiveHistogramsTest, LeavesOutALastIntervalInWhichNothingHappened) {
  chunk(kInnerFunction, 1, Outcome::kReturned, Duration(5000));
  end();
  EXPECT_EQ(end(true), "");
}

TEST_F(LiveHistogramsTest, PrintsTheOnlyIntervalAlsoWhereNothingHappened) {
  EXPECT_EQ(end(true), "2026-02-25T06:13:21Z, 1.000 s: 0 calls, 0 lost\n\n0 calls: inner, outer\n");
}

}  // namespace
}  // namespace pgrec

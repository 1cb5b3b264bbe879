// Covers format/print/histogram.h: what a summary says of calls, and its drawing. The percentiles
// and buckets of many random durations are compared in analyze/calls/duration_profile_test.cc.
#include "format/print/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "format/table/short_calls.h"

namespace pgrec {
namespace {

constexpr std::size_t kReturned = static_cast<std::size_t>(Outcome::kReturned);

// Calls that took so long, all of them their own time.
FunctionSummary calls_of(const std::vector<std::int64_t>& durations_ns) {
  FunctionSummary calls;
  for (const std::int64_t ns : durations_ns) {
    calls.durations.add(Duration(ns));
    calls.min = calls.calls == 0 ? Duration(ns) : std::min(calls.min, Duration(ns));
    calls.max = std::max(calls.max, Duration(ns));
    calls.self += Duration(ns);
    ++calls.calls;
    ++calls.ended[kReturned];
  }
  return calls;
}

std::string drawn(const DurationProfile& profile) {
  std::ostringstream out;
  print_histogram(out, "f", profile);
  return out.str();
}

std::string bar(std::size_t filled) {
  return "|" + std::string(filled, '*') + std::string(30 - filled, ' ') + "|";
}

// The middle of the row of 1000 ns is 1008 ns.
TEST(ProfileOf, HasNoPercentileThatNoCallTook) {
  const DurationProfile low = profile_of(calls_of({1000, 1000}));
  EXPECT_EQ(low.p50.count(), 1000);
  EXPECT_EQ(low.p99.count(), 1000);
  EXPECT_FALSE(low.exact);
  const DurationProfile high = profile_of(calls_of({1020, 1023}));
  EXPECT_EQ(high.p50.count(), 1020);
}

TEST(ProfileOf, CountsCallsWithoutAReturnInNothingElse) {
  FunctionSummary calls;
  calls.calls = 2;
  calls.ended[static_cast<std::size_t>(Outcome::kUnwound)] = 1;
  const DurationProfile profile = profile_of(calls);
  EXPECT_EQ(profile.calls, 2u);
  EXPECT_EQ(profile.returned, 0u);
  EXPECT_EQ(profile.p50, Duration{});
  EXPECT_TRUE(profile.buckets.empty());
}

// Only a forged trace says so.
TEST(ProfileOf, SurvivesTimesThatAreTooLarge) {
  FunctionSummary calls = calls_of({(std::int64_t{1} << 60) - 1});
  calls.durations.add_total(59, UINT64_MAX);
  const DurationProfile profile = profile_of(calls);
  ASSERT_EQ(profile.buckets.size(), 1u);
  EXPECT_EQ(profile.buckets[0].total, Duration::max());
  EXPECT_EQ(profile.buckets[0].to_ns, (std::int64_t{1} << 60) - 1);
}

// Calls that were filtered, one in each of these rows.
ShortCalls short_calls_of(const std::vector<std::int64_t>& durations_ns, Duration shorter_than) {
  ShortCalls calls;
  calls.shorter_than = shorter_than;
  for (const std::int64_t ns : durations_ns)
    calls.durations.add(Duration(ns));
  return calls;
}

TEST(ShortCalls, HaveTheBoundsOfTheirRows) {
  EXPECT_EQ(short_calls_of({500, 1000}, {}).shortest().count(), 496);
  EXPECT_EQ(short_calls_of({500, 1000}, {}).longest().count(), 1023);
  EXPECT_EQ(short_calls_of({5}, {}).longest().count(), 5);
  EXPECT_EQ(ShortCalls{}.longest().count(), 0);
  EXPECT_FALSE(ShortCalls{}.any());
}

TEST(ShortCalls, WereShorterThanWasAskedFor) {
  EXPECT_EQ(short_calls_of({1000}, Duration(1010)).longest().count(), 1009);
  EXPECT_EQ(short_calls_of({1000}, Duration(5000)).longest().count(), 1023);
  EXPECT_EQ(short_calls_of({1000}, Duration(900)).longest().count(), 1023);  // forged
}

TEST(ProfileWithShortCalls, CountsThemAmongThoseThatReturned) {
  const DurationProfile all = profile_of(calls_of({5000}), short_calls_of({5, 5}, Duration(1000)));
  EXPECT_EQ(all.calls, 3u);
  EXPECT_EQ(all.returned, 3u);
  EXPECT_EQ(all.short_calls, 2u);
  EXPECT_EQ(all.total.count(), 5010);
  EXPECT_EQ(all.mean().count(), 1670);
  ASSERT_EQ(all.buckets.front().from_ns, 4);
  EXPECT_EQ(all.buckets.front().calls, 2u);
}

TEST(ProfileWithShortCalls, KnowsTheLongestWhereARecordedCallIsLongerThanAnyOfThem) {
  EXPECT_TRUE(profile_of(calls_of({1000}), short_calls_of({990}, Duration(1000))).max_known);
  EXPECT_EQ(profile_of(calls_of({1000}), short_calls_of({990}, Duration(1000))).max.count(), 1000);
  const DurationProfile none = profile_of({}, short_calls_of({990}, Duration(1000)));
  EXPECT_FALSE(none.max_known);
  EXPECT_EQ(none.max.count(), 991);  // the end of its row; 992 to 1023 is another
  const DurationProfile unclear = profile_of(calls_of({1000}), short_calls_of({1000}, {}));
  EXPECT_FALSE(unclear.max_known);
  EXPECT_EQ(unclear.max.count(), 1023);
}

TEST(ProfileWithShortCalls, KnowsTheShortestWhereItsRowHasOneValue) {
  const DurationProfile wide = profile_of(calls_of({1000}), short_calls_of({500}, {}));
  EXPECT_FALSE(wide.min_known);
  EXPECT_EQ(wide.min.count(), 496);
}

TEST(ProfileWithShortCalls, HasABoundOfTheSelfTimeOnly) {
  FunctionSummary calls = calls_of({5000});
  calls.self = Duration(3000);
  const DurationProfile all = profile_of(calls, short_calls_of({7}, {}));
  EXPECT_FALSE(all.self_known);
  EXPECT_EQ(all.self.count(), 3007);
}

TEST(ProfileWithShortCalls, SaysHowManyPercentilesAreAmongThem) {
  EXPECT_EQ(profile_of({}, short_calls_of({7}, {})).among_short_calls, 3);
  EXPECT_EQ(profile_of(calls_of({5000}), short_calls_of({7}, {})).among_short_calls, 1);
  const DurationProfile few =
      profile_of(calls_of(std::vector<std::int64_t>(100, 5000)), short_calls_of({7}, {}));
  EXPECT_EQ(few.among_short_calls, 0);
}

TEST(ProfileWithShortCalls, IsThatOfTheOthersWhereThereAreNone) {
  const DurationProfile profile = profile_of(calls_of({7, 9}), ShortCalls{});
  EXPECT_TRUE(profile.self_known && profile.min_known && profile.max_known);
  EXPECT_EQ(profile.self.count(), 16);
}

TEST(PrintHistogram, MarksAMaximumThatIsABound) {
  const std::string text = drawn(profile_of({}, short_calls_of({990}, Duration(1000))));
  EXPECT_NE(text.find("max \u2264991 ns\n"), std::string::npos) << text;
}

TEST(PrintHistogram, DrawsCallsAndTimeFromTheFirstBucketToTheLast) {
  FunctionSummary calls = calls_of({3, 12, 12});
  calls.calls = 1004;
  DurationProfile profile = profile_of(calls);
  profile.short_calls = 2;
  EXPECT_EQ(
      drawn(profile),
      "f: 1,004 calls, 1,001 of them without a return, 2 of them counted only, because they "
      "were short\n"
      "  total 27 ns, mean 9 ns, p50 12 ns, p90 12 ns, p99 12 ns, max 12 ns\n"
      "     nsecs                    : count       distribution                        time   "
      "  distribution\n"
      "           2 -> 3             : 1           " +
          bar(15) + "     3 ns " + bar(4) +
          "\n"
          "           4 -> 7             : 0           " +
          bar(0) + "     0 ns " + bar(0) +
          "\n"
          "           8 -> 15            : 2           " +
          bar(30) + "    24 ns " + bar(30) + "\n");
}

TEST(PrintHistogram, DrawsNoTimeWhereNonePassed) {
  const std::string text = drawn(profile_of(calls_of({0})));
  EXPECT_NE(text.find("           0 -> 1             : 1           " + bar(30) + "     0 ns " +
                      bar(0) + "\n"),
            std::string::npos)
      << text;
}

TEST(PrintHistogram, IsALineWhereNoCallReturned) {
  DurationProfile profile;
  EXPECT_EQ(drawn(profile), "f: 0 calls\n");
  profile.calls = 1;
  EXPECT_EQ(drawn(profile), "f: 1 call, 1 of them without a return\n");
}

}  // namespace
}  // namespace pgrec

// Covers analyze/calls/duration_profile.h, analyze/calls/filtered_calls.h and
// analyze/calls/percentile_search.h: percentiles by nearest rank and buckets, against a computation
// that looks at all durations. Of selections, several files and threads: random_profiles_test.cc.
#include "analyze/calls/duration_profile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "analyze/calls/filtered_calls.h"
#include "tests/unit/analyze/calls/percentiles.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

// A trace of calls of given durations.
class DurationProfileTest : public testing::Test {
 protected:
  // A call of `function` in process `pid`; without a duration it did not return.
  void add(std::uint32_t function, std::optional<std::int64_t> duration_ns, std::uint32_t pid = 1) {
    Event events[2];
    events[0].function = FunctionId{function};
    events[0].ts = now_;
    now_ += Duration(duration_ns.value_or(1));
    events[1].kind = duration_ns ? EventKind::kReturned : EventKind::kUnwound;
    events[1].ts = now_;
    writer_.append({pid, pid}, events);
  }
  void add_all(const std::vector<std::int64_t>& durations) {
    for (const std::int64_t duration : durations)
      add(1, duration);
  }
  // Of what was added, which then ends.
  DurationProfiles profiles(Percentiles percentiles = Percentiles::kExact) {
    if (!closed_) writer_.close(now_);
    closed_ = true;
    TraceSet set(file_.reader());
    return profile_functions(set, {}, {percentiles}, {});
  }
  // By pid, process and function.
  using ByProcess =
      std::map<std::tuple<std::uint32_t, std::int64_t, std::uint32_t>, DurationProfile>;
  ByProcess profiles_by_process() {
    writer_.close(now_);
    TraceSet set(file_.reader());
    CallSplit split(set, SplitBy::kPid, nullptr, {});
    ByProcess all;
    const DurationProfiles found = profile_groups(set, {}, split, {Percentiles::kExact}, {});
    EXPECT_EQ(not_exact_text(found), "");
    for (const auto& [group, profile] : found) {
      const SplitValue value = split.value_of(group.split);
      all.emplace(std::tuple(value.pid, value.process, pgrec::value(group.function)), profile);
    }
    return all;
  }
  DurationProfile profile(Percentiles percentiles = Percentiles::kExact) {
    return profiles(percentiles).at({0, FunctionId{1}});
  }

  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
  Timestamp now_{};
  bool closed_ = false;
};

TEST_F(DurationProfileTest, HasExactPercentilesAtEveryCount) {
  std::mt19937_64 random(50);
  for (std::uint32_t count = 1; count <= 230; ++count) {
    for (std::uint32_t i = 0; i < count; ++i)
      add(count, static_cast<std::int64_t>(random() >> (30 + random() % 34)));
  }
  const DurationProfiles found = profiles();
  random.seed(50);
  for (std::uint32_t count = 1; count <= 230; ++count) {
    std::vector<std::int64_t> durations;
    for (std::uint32_t i = 0; i < count; ++i)
      durations.push_back(static_cast<std::int64_t>(random() >> (30 + random() % 34)));
    std::sort(durations.begin(), durations.end());
    const DurationProfile& profile = found.at({0, FunctionId{count}});
    ASSERT_TRUE(profile.exact);
    ASSERT_EQ(profile.p50.count(), test::smallest_that_covers(durations, 50)) << count;
    ASSERT_EQ(profile.p90.count(), test::smallest_that_covers(durations, 90)) << count;
    ASSERT_EQ(profile.p99.count(), test::smallest_that_covers(durations, 99)) << count;
  }
}

TEST_F(DurationProfileTest, IsAtMostAThirtySecondOffFromSummaries) {
  std::mt19937_64 random(51);
  for (int i = 0; i < 2000; ++i)
    add(1, static_cast<std::int64_t>(random() >> (30 + random() % 34)));
  const DurationProfile exact = profile(Percentiles::kExact);
  const DurationProfile about = profile(Percentiles::kFromSummaries);
  EXPECT_FALSE(about.exact);
  for (const auto of : {&DurationProfile::p50, &DurationProfile::p90, &DurationProfile::p99}) {
    const auto right = static_cast<double>((exact.*of).count());
    EXPECT_NEAR(static_cast<double>((about.*of).count()), right, right / 32);
  }
  EXPECT_EQ(about.total, exact.total);
  EXPECT_EQ(about.max, exact.max);
}

TEST_F(DurationProfileTest, IsExactWithoutBeingAskedWhereThatIsCheap) {
  add_all({1000, 1001, 1002});
  const DurationProfile found = profile(Percentiles::kExactWhenCheap);
  EXPECT_TRUE(found.exact);
  EXPECT_EQ(found.p50.count(), 1001);
}

TEST_F(DurationProfileTest, IsNotExactWhereAChunkCannotBeRead) {
  add_all({1000, 1001, 1002});
  writer_.cut();
  add_all({2000, 2001, 2002});
  profiles();
  file_.flip_byte_at(file_.reader().chunks()[0].frame.offset + 110);
  const DurationProfile found = profile();
  EXPECT_FALSE(found.exact);
  EXPECT_EQ(found.returned, 6u);
  EXPECT_NEAR(static_cast<double>(found.p50.count()), 1002, 1002.0 / 32);
}

TEST_F(DurationProfileTest, HasPercentilesOfOneToAHundred) {
  std::vector<std::int64_t> durations(100);
  std::iota(durations.begin(), durations.end(), 1);
  add_all(durations);
  EXPECT_EQ(profile().p50.count(), 50);
  EXPECT_EQ(profile().p90.count(), 90);
  EXPECT_EQ(profile().p99.count(), 99);
}

TEST_F(DurationProfileTest, AddsUp) {
  add_all({7, 1, 4});
  EXPECT_EQ(profile().returned, 3u);
  EXPECT_EQ(profile().total.count(), 12);
  EXPECT_EQ(profile().mean().count(), 4);
  EXPECT_EQ(profile().min.count(), 1);
  EXPECT_EQ(profile().max.count(), 7);
}

TEST_F(DurationProfileTest, HasTheBucketsOfAComputationOverAllDurations) {
  std::mt19937_64 random(2);
  std::vector<std::int64_t> durations;
  for (int i = 0; i < 3000; ++i)
    durations.push_back(static_cast<std::int64_t>(random() >> (30 + random() % 34)));
  add_all(durations);
  std::uint64_t calls = 0;
  for (const Bucket& bucket : profile().buckets) {
    Bucket expected{bucket.from_ns, bucket.to_ns, 0, {}};
    for (const std::int64_t ns : durations) {
      if (ns < bucket.from_ns || ns > bucket.to_ns) continue;
      ++expected.calls;
      expected.total += Duration(ns);
    }
    ASSERT_EQ(bucket.calls, expected.calls) << bucket.from_ns;
    ASSERT_EQ(bucket.total, expected.total) << bucket.from_ns;
    calls += bucket.calls;
  }
  EXPECT_EQ(calls, 3000u);
}

TEST_F(DurationProfileTest, HasBucketsFromPowerToPower) {
  add_all({0, 1, 2, 3, 4, 7, 8, 15, 16});
  std::vector<std::int64_t> edges;
  for (const Bucket& bucket : profile().buckets)
    edges.insert(edges.end(), {bucket.from_ns, bucket.to_ns});
  EXPECT_EQ(edges, (std::vector<std::int64_t>{0, 1, 2, 3, 4, 7, 8, 15, 16, 31}));
}

TEST_F(DurationProfileTest, HasBucketsFromTheFirstWithACallToTheLast) {
  add_all({1024, 8000});
  const auto buckets = profile().buckets;
  ASSERT_EQ(buckets.size(), 3u);
  EXPECT_EQ(buckets[0].from_ns, 1024);
  EXPECT_EQ(buckets[1].calls, 0u);
  EXPECT_EQ(buckets[2].to_ns, 8191);
}

TEST_F(DurationProfileTest, CountsCallsWithoutADurationApart) {
  add(1, 5);
  add(1, std::nullopt);
  EXPECT_EQ(profile().calls, 2u);
  EXPECT_EQ(profile().returned, 1u);
  EXPECT_EQ(profile().total.count(), 5);
}

TEST_F(DurationProfileTest, OfAFunctionOfWhichNoCallReturnedHasNoBuckets) {
  add(1, std::nullopt);
  EXPECT_EQ(profile().calls, 1u);
  EXPECT_TRUE(profile().buckets.empty());
}

TEST_F(DurationProfileTest, TellsProcessesApart) {
  add(2, 30, 8);
  add(1, 20, 9);
  add(1, 10, 8);
  const ByProcess found = profiles_by_process();
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found.at({8, 0, 1}).p50.count(), 10);
  EXPECT_EQ(found.at({8, 0, 2}).p50.count(), 30);
  EXPECT_EQ(found.at({9, 0, 1}).max.count(), 20);
}

// A call is of the process that it began in, wherever its end is.
TEST_F(DurationProfileTest, TellsProcessesOfOnePidApart) {
  writer_.write(std::vector<Process>{{8, "a", "", from_ns(0), from_ns(1'000'000'000)},
                                     {8, "b", "", from_ns(5'000'000'000), std::nullopt},
                                     {9, "c", "", from_ns(1), std::nullopt}});
  add(1, 100, 8);
  add(1, 200, 9);
  now_ = from_ns(900'000'000);
  add(1, 200'000'000, 8);
  now_ = from_ns(3'000'000'000);
  add(1, 300, 8);
  writer_.cut();
  now_ = from_ns(6'000'000'000);
  add(1, 400, 8);
  add(1, 500, 8);
  add(1, std::nullopt, 8);
  const ByProcess found = profiles_by_process();
  ASSERT_EQ(found.size(), 4u);
  const auto p50 = [&](std::uint32_t pid, std::int64_t process) {
    return found.at({pid, process, 1}).p50.count();
  };
  EXPECT_EQ(p50(8, 1), 100);
  EXPECT_EQ(found.at({8, 1, 1}).max.count(), 200'000'000);
  EXPECT_EQ(p50(8, 0), 300);
  EXPECT_EQ(p50(8, 2), 400);
  EXPECT_EQ(found.at({8, 2, 1}).calls, 3u);
  EXPECT_EQ(p50(9, 3), 200);
}

// Ten calls were filtered; of 30 in all, the tenth and those below are theirs.
TEST_F(DurationProfileTest, HasExactPercentilesOfTheCallsThatWereNotFiltered) {
  writer_.write(Metadata{{"record.min_duration_ns", "1000"}});
  Account account{FunctionId{1}, 60, 40, 20, {}};
  for (int i = 0; i < 10; ++i)
    account.short_calls.add(Duration(600 + i));
  writer_.write(std::vector<Account>{account});
  for (int i = 0; i < 20; ++i)
    add(1, 1001 + i);
  add(2, 70);
  const DurationProfiles found = profiles();
  const DurationProfile& filtered = found.at({0, FunctionId{1}});
  EXPECT_EQ(filtered.returned, 30u);
  EXPECT_EQ(filtered.p50.count(), 1005);
  EXPECT_EQ(filtered.p90.count(), 1017);
  EXPECT_EQ(filtered.p99.count(), 1020);
  EXPECT_TRUE(filtered.exact);
  EXPECT_TRUE(filtered.max_known);
  EXPECT_EQ(filtered.max.count(), 1020);
  // In any call of another function there may have been filtered ones.
  EXPECT_FALSE(found.at({0, FunctionId{2}}).self_known);
  EXPECT_TRUE(found.at({0, FunctionId{2}}).max_known);
  EXPECT_EQ(filtered_calls(file_.reader()).at(FunctionId{1}).shorter_than, Duration(1000));
  EXPECT_EQ(not_exact_text(found),
            "of calls that were filtered a histogram was kept: percentiles among them are at most "
            "3.2 % off, and \u2264 is before what a figure is at most\n");
}

TEST_F(DurationProfileTest, OfFilteredCallsHasPercentilesThatAreNotExact) {
  Account account{FunctionId{1}, 8, 2, 6, {}};
  for (const std::int64_t ns : {600, 601, 602})
    account.short_calls.add(Duration(ns));
  writer_.write(std::vector<Account>{account});
  writer_.write(std::vector<Account>{{FunctionId{3}, 2, 0, 2, account.short_calls}});
  add(1, 2001);
  const DurationProfiles found = profiles();
  const DurationProfile& filtered = found.at({0, FunctionId{1}});
  EXPECT_FALSE(filtered.exact);
  EXPECT_NEAR(static_cast<double>(filtered.p50.count()), 601, 601.0 / 32);
  EXPECT_EQ(filtered.p99.count(), 2001);
  EXPECT_EQ(filtered.total.count(), 600 + 601 + 602 + 2001);
  EXPECT_EQ(found.at({0, FunctionId{3}}).calls, 3u);
  EXPECT_FALSE(found.at({0, FunctionId{3}}).max_known);
}

TEST_F(DurationProfileTest, OffersExactPercentilesOnlyWhereOneIsOfARecordedCall) {
  Account account{FunctionId{1}, 8, 2, 6, {}};
  for (const std::int64_t ns : {600, 601, 602})
    account.short_calls.add(Duration(ns));
  writer_.write(std::vector<Account>{account});
  const auto offers = [&](Percentiles percentiles) {
    TraceSet set(file_.reader());
    return not_exact_text(profile_functions(set, {}, {percentiles}, {})).find("--exact") !=
           std::string::npos;
  };
  writer_.cut();
  EXPECT_FALSE(offers(Percentiles::kFromSummaries));
  add(1, 2001);
  writer_.cut();
  EXPECT_TRUE(offers(Percentiles::kFromSummaries));
  EXPECT_FALSE(offers(Percentiles::kExact));
}

// Which calls those were that were filtered is not known: figures of a selection are without them,
// but say that self times may have some of theirs.
TEST_F(DurationProfileTest, OfASelectionIsWithoutFilteredCalls) {
  Account account{FunctionId{1}, 60, 40, 20, {}};
  account.short_calls.add(Duration(600));
  writer_.write(std::vector<Account>{account, {FunctionId{2}, 60, 40, 20, account.short_calls}});
  add(1, 2001);
  add(1, 2003);
  add(2, 4000);
  writer_.close(now_);
  TraceSet set(file_.reader());
  CallSelection functions;
  functions.functions = {false, true};
  functions.other_functions = false;
  const DurationProfiles of_function = profile_functions(set, functions, {Percentiles::kExact}, {});
  ASSERT_EQ(of_function.size(), 1u);
  EXPECT_EQ(of_function.begin()->second.calls, 3u);
  CallSelection range;
  range.range.from = from_ns(1);
  const DurationProfiles of_range = profile_functions(set, range, {Percentiles::kExact}, {});
  ASSERT_EQ(of_range.size(), 2u);
  const DurationProfile& one = of_range.at({0, FunctionId{1}});
  EXPECT_EQ(one.calls, 1u);
  EXPECT_EQ(one.p50.count(), 2003);
  EXPECT_TRUE(one.exact);
  EXPECT_FALSE(one.self_known);
}

TEST_F(DurationProfileTest, KeepsThoseWithTheMostTime) {
  for (std::uint32_t function = 1; function < 6; ++function)
    add(function, 1000 * ((function * 3) % 7));
  writer_.close(now_);
  TraceSet set(file_.reader());
  CallSplit nothing(set, SplitBy::kNothing, nullptr, {});
  std::size_t left_out = 0;
  const DurationProfiles found =
      profile_groups(set, {}, nothing, {Percentiles::kExact, false, 2}, {}, &left_out);
  EXPECT_EQ(left_out, 3u);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found.at({0, FunctionId{2}}).p50.count(), 6000);
  EXPECT_EQ(found.at({0, FunctionId{4}}).p50.count(), 5000);
}

TEST_F(DurationProfileTest, HasRowsOfEqualWidthOfRecordedCalls) {
  Account account{FunctionId{1}, 60, 40, 20, {}};
  account.short_calls.add(Duration(600));
  writer_.write(std::vector<Account>{account});
  add_all({1000, 1019, 1007, 1007});
  add(3, std::nullopt);
  writer_.close(now_);
  TraceSet set(file_.reader());
  const DurationProfiles found = profile_functions(set, {}, {Percentiles::kExact, true}, {3});
  EXPECT_TRUE(found.at({0, FunctionId{3}}).buckets.empty());
  const auto& rows = found.at({0, FunctionId{1}}).buckets;
  ASSERT_EQ(rows.size(), 20u);
  EXPECT_EQ(rows[0].from_ns, 1000);
  EXPECT_EQ(rows[0].calls, 1u);
  EXPECT_EQ(rows[7].calls, 2u);
  EXPECT_EQ(rows[7].total.count(), 2014);
  EXPECT_EQ(rows[19].calls, 1u);
}

TEST(DurationProfile, WithoutCallsHasNoMean) {
  EXPECT_EQ(DurationProfile{}.mean(), Duration::zero());
}

}  // namespace
}  // namespace pgrec

// Covers analyze/duration_profile.h: percentiles by nearest rank and power-of-two buckets, against
// a computation that looks at all durations.
#include "analyze/duration_profile.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>

namespace pgrec {
namespace {

// A table of calls with the columns that a profile reads.
class DurationProfileTest : public testing::Test {
 protected:
  DurationProfileTest() {
    database_.execute(
        "CREATE TABLE call_rows (function_id INTEGER, pid INTEGER, duration_ns INTEGER)");
  }
  void add(std::int64_t function, std::optional<std::int64_t> duration_ns, std::int64_t pid = 1) {
    auto insert = database_.prepare("INSERT INTO call_rows VALUES (?,?,?)");
    insert.bind(1, function).bind(2, pid).bind(3, duration_ns).run();
  }
  void add_all(const std::vector<std::int64_t>& durations) {
    for (const std::int64_t duration : durations)
      add(1, duration);
  }
  std::vector<DurationProfile> profiles(const std::string& columns = "function_id") const {
    return duration_profiles(database_, columns);
  }
  DurationProfile profile() const { return profiles().at(0); }

  Database database_;
};

// The smallest of `sorted` that at least `percent` of them do not exceed.
std::int64_t smallest_that_covers(const std::vector<std::int64_t>& sorted, std::size_t percent) {
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const auto covered = static_cast<std::size_t>(
        std::upper_bound(sorted.begin(), sorted.end(), sorted[i]) - sorted.begin());
    if (covered * 100 >= percent * sorted.size()) return sorted[i];
  }
  return -1;
}

TEST_F(DurationProfileTest, HasExactPercentilesAtEveryCount) {
  std::mt19937_64 random(50);
  std::vector<std::int64_t> durations;
  for (int count = 1; count <= 230; ++count) {
    durations.push_back(static_cast<std::int64_t>(random() % 90));
    add(1, durations.back());
    std::sort(durations.begin(), durations.end());
    const DurationProfile found = profile();
    ASSERT_EQ(found.p50.count(), smallest_that_covers(durations, 50)) << count;
    ASSERT_EQ(found.p90.count(), smallest_that_covers(durations, 90)) << count;
    ASSERT_EQ(found.p99.count(), smallest_that_covers(durations, 99)) << count;
  }
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
  EXPECT_EQ(profile().calls, 3u);
  EXPECT_EQ(profile().total.count(), 12);
  EXPECT_EQ(profile().mean().count(), 4);
  EXPECT_EQ(profile().min.count(), 1);
  EXPECT_EQ(profile().max.count(), 7);
}

TEST_F(DurationProfileTest, HasTheBucketsOfAComputationOverAllDurations) {
  std::mt19937_64 random(2);
  std::vector<std::int64_t> durations;
  for (int i = 0; i < 3000; ++i)
    durations.push_back(static_cast<std::int64_t>(random() >> (20 + random() % 44)));
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

TEST_F(DurationProfileTest, LeavesOutCallsWithoutADuration) {
  add(1, 5);
  add(1, std::nullopt);
  EXPECT_EQ(profile().calls, 1u);
}

TEST_F(DurationProfileTest, LeavesOutFunctionsOfWhichNoCallReturned) {
  add(1, std::nullopt);
  EXPECT_TRUE(profiles().empty());
}

TEST_F(DurationProfileTest, TellsGroupsApart) {
  add(2, 30, 8);
  add(1, 20, 9);
  add(1, 10, 8);
  const auto found = profiles("pid, function_id");
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].group, (std::vector<std::int64_t>{8, 1}));
  EXPECT_EQ(found[1].group, (std::vector<std::int64_t>{8, 2}));
  EXPECT_EQ(found[2].group, (std::vector<std::int64_t>{9, 1}));
  EXPECT_EQ(found[1].max.count(), 30);
}

TEST(DurationProfile, WithoutCallsHasNoMean) {
  EXPECT_EQ(DurationProfile{}.mean(), Duration::zero());
}

}  // namespace
}  // namespace pgrec

// Covers analyze/calls/percentile_search.h: values by their ranks, and traces that contradict their
// histograms. Ranks of many random durations are compared in duration_profile_test.cc.
#include "analyze/calls/percentile_search.h"

#include <gtest/gtest.h>

#include "analyze/calls/call_sums.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

constexpr Duration kNotFound{-1};
constexpr std::int64_t kLongestNs = (std::int64_t{1} << 60) - 1;

class PercentileSearchTest : public testing::Test {
 protected:
  // A call of function 1, in a thread of its own so that the times of long ones fit.
  void call(std::int64_t duration_ns, std::uint32_t pid) {
    Event events[2];
    events[0].function = FunctionId{1};
    events[1].kind = EventKind::kReturned;
    events[1].ts = from_ns(duration_ns);
    writer_.append({pid, ++threads_}, events);
  }
  void calls(const std::vector<std::int64_t>& durations_ns) {
    for (const std::int64_t ns : durations_ns)
      call(ns, 7);
  }
  static LogHistogram histogram(const std::vector<std::int64_t>& durations_ns) {
    LogHistogram all;
    for (const std::int64_t ns : durations_ns)
      all.add(Duration(ns));
    return all;
  }
  void add(const LogHistogram& durations, std::uint64_t rank) {
    search_.add({0, FunctionId{1}}, durations, rank, found_, exact_);
  }
  TraceSet closed() {
    writer_.close(from_ns(kLongestNs));
    return TraceSet(file_.reader());
  }
  std::int64_t found(unsigned threads = 1) {
    TraceSet set = closed();
    search_.run(set, {}, {threads});
    return found_.count();
  }

  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
  std::uint32_t threads_ = 0;
  static TraceSet empty_set() {
    const test::TraceFile file;
    file.writer().close({});
    return TraceSet(file.reader());
  }
  TraceSet none_ = empty_set();
  CallSplit nothing_{none_, SplitBy::kNothing, nullptr, {}};
  PercentileSearch search_{nothing_};
  Duration found_ = kNotFound;
  bool exact_ = true;
};

TEST_F(PercentileSearchTest, TellsTheLongestDurationsApart) {
  const std::vector<std::int64_t> durations = {kLongestNs, kLongestNs - 1, kLongestNs - 5'000'000,
                                               1};
  calls(durations);
  add(histogram(durations), 3);
  Duration second = kNotFound;
  search_.add({0, FunctionId{1}}, histogram(durations), 2, second, exact_);
  EXPECT_EQ(found(), kLongestNs - 1);
  EXPECT_EQ(second.count(), kLongestNs - 5'000'000);
  EXPECT_TRUE(exact_);
}

TEST_F(PercentileSearchTest, NeedsNoPassWhereTheRowHasOneValue) {
  add(histogram({31, 31, 40}), 2);
  EXPECT_EQ(found_.count(), 31);
}

TEST_F(PercentileSearchTest, IgnoresARankOfZero) {
  calls({1000});
  add(histogram({1000}), 0);
  EXPECT_EQ(found(), kNotFound.count());
  EXPECT_TRUE(exact_);
}

TEST_F(PercentileSearchTest, SaysSoWhereTheTraceHasOtherCallsThanItsHistogram) {
  calls({1000, 1001});
  add(histogram({1000, 1001, 1002}), 2);
  EXPECT_EQ(found(), kNotFound.count());
  EXPECT_FALSE(exact_);
}

TEST_F(PercentileSearchTest, SaysSoWhereThereIsNoSuchRank) {
  calls({1000});
  add(histogram({1000}), 2);
  EXPECT_EQ(found(), kNotFound.count());
  EXPECT_FALSE(exact_);
}

TEST_F(PercentileSearchTest, LooksAtCallsOfTheGroupsProcessOnly) {
  call(1000, 8);
  call(1010, 9);
  call(1020, 9);
  TraceSet set = closed();
  CallSplit split(set, SplitBy::kPid, nullptr, {});
  const GroupSums sums = sum_calls(set, {}, GroupSums(split), {});
  PercentileSearch search(split);
  std::vector<std::pair<std::string, Duration>> each(sums.groups().size());
  for (std::size_t i = 0; i < each.size(); ++i) {
    const auto& [group, calls] = sums.groups()[i];
    each[i].first = split.value_of(group.split).key;
    search.add(group, calls.durations, 1, each[i].second, exact_);
  }
  search.run(set, {}, {2});
  std::sort(each.begin(), each.end());
  EXPECT_EQ(each, (std::vector<std::pair<std::string, Duration>>{{"8", Duration(1000)},
                                                                 {"9", Duration(1010)}}));
  EXPECT_TRUE(exact_);
}

// A trace of two hundred ranks: the slots of a pass are shared out among them.
TEST_F(PercentileSearchTest, FindsEveryRankAtOnce) {
  std::vector<std::int64_t> durations;
  for (std::int64_t i = 0; i < 200; ++i)
    durations.push_back(1'000'000'000 + 7 * i);
  calls(durations);
  const LogHistogram all = histogram(durations);
  std::vector<Duration> each(durations.size(), kNotFound);
  for (std::size_t i = 0; i < each.size(); ++i)
    search_.add({0, FunctionId{1}}, all, i + 1, each[i], exact_);
  found(3);
  for (std::size_t i = 0; i < each.size(); ++i)
    ASSERT_EQ(each[i].count(), durations[i]) << i;
}

}  // namespace
}  // namespace pgrec

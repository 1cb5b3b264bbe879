// Covers analyze/calls/duration_profile.h, group_sums.h and percentile_search.h: figures of wanted
// calls against a computation that looks at all calls; with every kind of selection, threads,
// damage and several files.
#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <tuple>

#include "analyze/calls/duration_profile.h"
#include "analyze/calls/group_sums.h"
#include "analyze/calls/percentile_search.h"
#include "tests/unit/analyze/calls/percentiles.h"
#include "tests/unit/analyze/calls/random_set.h"

namespace pgrec {
namespace {

struct Group {
  std::uint64_t calls = 0;
  std::vector<std::int64_t> durations;
};
using Groups = std::map<std::tuple<std::uint32_t, std::uint32_t, FunctionId>, Group>;

// By trace and pid, where `by_pid`.
Groups naive_groups(const std::vector<test::CallOfSet>& calls, const CallSelection& selection,
                    bool by_pid) {
  Groups groups;
  for (const auto& [call, trace, is_seen] : calls) {
    if (!test::wants(selection, call)) continue;
    const bool has_time = call.duration && *call.duration >= selection.at_least;
    if (selection.at_least > Duration{} && !has_time) continue;
    if (!has_time && !is_seen && call.outcome == Outcome::kOpen) continue;
    Group& group = groups[{by_pid ? trace : 0, by_pid ? call.thread.pid : 0, call.function}];
    if (is_seen || selection.at_least > Duration{}) ++group.calls;
    if (has_time) group.durations.push_back(call.duration->count());
  }
  return groups;
}

void compare(const Groups& expected, const Groups::key_type& key, const DurationProfile& found) {
  ASSERT_TRUE(expected.contains(key));
  Group group = expected.at(key);
  std::sort(group.durations.begin(), group.durations.end());
  EXPECT_EQ(found.calls, group.calls);
  ASSERT_EQ(found.returned, group.durations.size());
  if (group.durations.empty()) return;
  EXPECT_EQ(found.total.count(),
            std::accumulate(group.durations.begin(), group.durations.end(), std::int64_t{0}));
  EXPECT_EQ(found.min.count(), group.durations.front());
  EXPECT_EQ(found.max.count(), group.durations.back());
  EXPECT_TRUE(found.exact);
  EXPECT_EQ(found.p50.count(), test::smallest_that_covers(group.durations, 50));
  EXPECT_EQ(found.p99.count(), test::smallest_that_covers(group.durations, 99));
}

TEST(DurationProfilesOfRandomCalls, AreThoseOfAComputationOverAllCalls) {
  const test::RandomSet random(70, 2, 10);
  const auto calls = random.calls();
  const test::RandomSelections selections(calls);
  for (int number = 0; number < test::RandomSelections::kAll; ++number) {
    const CallSelection selection = selections.make(number);
    for (const unsigned threads : {1u, 3u}) {
      SCOPED_TRACE("selection " + std::to_string(number) + ", threads " + std::to_string(threads));
      TraceSet set = random.open();
      const Groups by_function = naive_groups(calls, selection, false);
      const DurationProfiles functions =
          profile_functions(set, selection, {Percentiles::kExact}, {threads});
      ASSERT_EQ(functions.size(), by_function.size());
      for (const auto& [group, profile] : functions)
        compare(by_function, {0, 0, group.function}, profile);

      const Groups by_pid = naive_groups(calls, selection, true);
      CallSplit split(set, SplitBy::kPid, nullptr, {threads});
      const DurationProfiles processes =
          profile_groups(set, selection, split, {Percentiles::kExact}, {threads});
      ASSERT_EQ(processes.size(), by_pid.size());
      for (const auto& [group, profile] : processes) {
        const SplitValue value = split.value_of(group.split);
        compare(by_pid, {value.trace, value.pid, group.function}, profile);
      }
    }
  }
}

// Of a pass, what is in a chunk that cannot be read is in no figure.
TEST(DurationProfilesOfRandomCalls, AreThoseOfWhatCanBeRead) {
  const test::RandomSet random(80, 2, 9);
  random.damage_chunk(4);
  const auto calls = random.calls();
  for (const unsigned threads : {1u, 3u}) {
    TraceSet set = random.open();
    CallSplit split(set, SplitBy::kPid, nullptr, {threads});
    const DurationProfiles processes =
        profile_groups(set, {}, split, {Percentiles::kExact}, {threads});
    EXPECT_EQ(set.files().front().reader.damages().size(), 1u);
    const Groups expected = naive_groups(calls, {}, true);
    for (const auto& [group, profile] : processes) {
      const SplitValue value = split.value_of(group.split);
      compare(expected, {value.trace, value.pid, group.function}, profile);
    }
  }
}

}  // namespace
}  // namespace pgrec

// Covers analyze/calls/linear_rows.h: rows of equal width, and which calls are in them.
#include "analyze/calls/linear_rows.h"

#include <gtest/gtest.h>

#include "tests/unit/analyze/calls/random_set.h"

namespace pgrec {
namespace {

TEST(LinearRows, AreOfRoundWidths) {
  const auto edges = [](std::int64_t min, std::int64_t max) {
    const auto rows = linear_rows(Duration(min), Duration(max));
    return std::tuple(rows.front().from_ns, rows.front().to_ns, rows.back().to_ns, rows.size());
  };
  EXPECT_EQ(edges(7, 7), std::tuple(7, 7, 7, 1u));
  EXPECT_EQ(edges(0, 19), std::tuple(0, 0, 19, 20u));
  EXPECT_EQ(edges(0, 20), std::tuple(0, 1, 21, 11u));
  EXPECT_EQ(edges(1234, 2100), std::tuple(1200, 1249, 2149, 19u));
  EXPECT_EQ(edges(3, 1'000'000), std::tuple(0, 49'999, 1'049'999, 21u));
}

TEST(LinearRows, NeverAreMoreThanTheyMayBe) {
  for (std::int64_t most = 1; most < (1ll << 59); most = most * 3 + 1) {
    const auto rows = linear_rows(Duration(most / 7), Duration(most));
    ASSERT_LE(rows.size(), kMostLinearRows) << most;
    ASSERT_LE(rows.front().from_ns, most / 7) << most;
    ASSERT_GE(rows.back().to_ns, most) << most;
    for (std::size_t i = 1; i < rows.size(); ++i)
      ASSERT_EQ(rows[i].from_ns, rows[i - 1].to_ns + 1);
  }
}

TEST(LinearRows, HaveTheCallsOfAComputationOverAll) {
  const test::RandomSet random(60, 2, 8);
  const auto calls = random.calls();
  const test::RandomSelections selections(calls);
  for (int number = 0; number < test::RandomSelections::kAll; ++number) {
    const CallSelection selection = selections.make(number);
    std::map<ProfileGroup, std::vector<Bucket>> expected;
    for (const std::uint32_t function : {0u, 1u, 2u})
      expected.emplace(ProfileGroup{0, FunctionId{function}},
                       linear_rows(Duration(300), Duration(4000)));
    auto found = expected;
    for (const auto& [call, trace, is_seen] : calls) {
      const auto rows = expected.find(ProfileGroup{0, call.function});
      if (!call.duration || *call.duration < selection.at_least || rows == expected.end() ||
          !test::wants(selection, call))
        continue;
      for (Bucket& row : rows->second) {
        if (call.duration->count() < row.from_ns || call.duration->count() > row.to_ns) continue;
        ++row.calls;
        row.total += *call.duration;
      }
    }
    TraceSet set = random.open();
    const PassOptions options{number % 2 == 0 ? 1u : 3u};
    CallSplit nothing(set, SplitBy::kNothing, nullptr, options);
    fill_linear_rows(set, selection, nothing, found, options);
    for (const auto& [group, rows] : expected) {
      for (std::size_t i = 0; i < rows.size(); ++i) {
        ASSERT_EQ(found.at(group)[i].calls, rows[i].calls) << number;
        ASSERT_EQ(found.at(group)[i].total, rows[i].total) << number;
      }
    }
  }
}

}  // namespace
}  // namespace pgrec

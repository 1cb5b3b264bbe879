// Covers format/table/log_histogram.h: rows and their bounds, exact totals, and sums that cannot
// overflow.
#include "format/table/log_histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/unit/expected_summary.h"

namespace pgrec {
namespace {

using test::histogram_bounds;

// Durations of every size.
std::vector<std::uint64_t> random_durations(std::uint32_t seed, std::size_t count) {
  std::mt19937_64 random(seed);
  std::vector<std::uint64_t> all;
  for (std::size_t i = 0; i < count; ++i)
    all.push_back(random() >> (4 + random() % 60));
  return all;
}

LogHistogram histogram_of(const std::vector<std::uint64_t>& durations) {
  LogHistogram histogram;
  for (const std::uint64_t ns : durations)
    histogram.add(Duration(static_cast<std::int64_t>(ns)));
  return histogram;
}

TEST(LogHistogramRows, BeginWhereCountingThemUpSays) {
  ASSERT_EQ(histogram_bounds().size(), LogHistogram::kRows + 1);
  for (unsigned row = 0; row < LogHistogram::kRows; ++row) {
    ASSERT_EQ(LogHistogram::from_ns(row), histogram_bounds()[row]);
    ASSERT_EQ(LogHistogram::from_ns(row) + LogHistogram::width_ns(row),
              histogram_bounds()[row + 1]);
  }
}

TEST(LogHistogramRows, HoldTheirFirstAndTheirLastValue) {
  for (unsigned row = 0; row < LogHistogram::kRows; ++row) {
    const std::uint64_t from = LogHistogram::from_ns(row);
    ASSERT_EQ(LogHistogram::row_of(from), row);
    ASSERT_EQ(LogHistogram::row_of(from + LogHistogram::width_ns(row) - 1), row);
  }
}

TEST(LogHistogramRows, HoldEveryValue) {
  for (const std::uint64_t ns : random_durations(1, 100'000)) {
    const unsigned row = LogHistogram::row_of(ns);
    ASSERT_LT(row, LogHistogram::kRows);
    ASSERT_LE(LogHistogram::from_ns(row), ns);
    ASSERT_LT(ns - LogHistogram::from_ns(row), LogHistogram::width_ns(row));
  }
}

TEST(LogHistogramRows, HaveAMiddleAtMostA32ndOff) {
  for (const std::uint64_t ns : random_durations(2, 100'000)) {
    const unsigned row = LogHistogram::row_of(ns);
    const std::uint64_t middle = LogHistogram::from_ns(row) + LogHistogram::width_ns(row) / 2;
    const std::uint64_t error = middle > ns ? middle - ns : ns - middle;
    ASSERT_LE(error * 32, ns) << ns;
  }
}

TEST(LogHistogramRows, OfTheHeadersExample) {
  EXPECT_EQ(LogHistogram::row_of(1000), 111u);
  EXPECT_EQ(LogHistogram::from_ns(111), 992u);
  EXPECT_EQ(LogHistogram::width_ns(111), 32u);
}

TEST(LogHistogramTest, CountsRows) {
  const auto durations = random_durations(3, 5000);
  const LogHistogram histogram = histogram_of(durations);
  const auto& bounds = histogram_bounds();
  for (unsigned row = 0; row < LogHistogram::kRows; ++row) {
    const auto expected = std::count_if(durations.begin(), durations.end(), [&](std::uint64_t ns) {
      return ns >= bounds[row] && ns < bounds[row + 1];
    });
    ASSERT_EQ(histogram.count(row), static_cast<std::uint64_t>(expected)) << row;
  }
  EXPECT_EQ(histogram.count(), 5000u);
}

TEST(LogHistogramTest, HasExactTotals) {
  const auto durations = random_durations(4, 15);  // so many that their sum fits
  const LogHistogram histogram = histogram_of(durations);
  std::uint64_t all = 0;
  for (unsigned octave = 0; octave < LogHistogram::kOctaves; ++octave) {
    std::uint64_t expected = 0;
    for (const std::uint64_t ns : durations) {
      const std::uint64_t from = octave == 0 ? 0 : 1ull << octave;
      if (ns >= from && ns < 2ull << octave) expected += ns;
    }
    ASSERT_EQ(histogram.total_ns(octave), expected) << octave;
    all += expected;
  }
  EXPECT_EQ(static_cast<std::uint64_t>(histogram.total().count()), all);
}

TEST(LogHistogramTest, HasExactTotalsOfTheLowestOctaves) {
  const LogHistogram histogram = histogram_of({0, 0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32});
  EXPECT_EQ(histogram.total_ns(0), 1u);
  EXPECT_EQ(histogram.total_ns(1), 5u);
  EXPECT_EQ(histogram.total_ns(2), 11u);
  EXPECT_EQ(histogram.total_ns(3), 23u);
  EXPECT_EQ(histogram.total_ns(4), 47u);
  EXPECT_EQ(histogram.total_ns(5), 32u);
}

TEST(LogHistogramTest, MergedIsThatOfAll) {
  auto some = random_durations(5, 300);
  const auto others = random_durations(6, 200);
  LogHistogram merged = histogram_of(some);
  merged.merge(histogram_of(others));
  some.insert(some.end(), others.begin(), others.end());
  EXPECT_EQ(merged, histogram_of(some));
}

TEST(LogHistogramTest, IsNotThatOfOtherDurations) {
  EXPECT_NE(histogram_of({5}), histogram_of({6}));
  EXPECT_NE(histogram_of({1000}), histogram_of({1001}));  // one row, another total
  EXPECT_NE(histogram_of({}), histogram_of({0}));
}

TEST(LogHistogramTest, PositionsEveryRank) {
  auto durations = random_durations(7, 700);
  const LogHistogram histogram = histogram_of(durations);
  std::sort(durations.begin(), durations.end());
  for (std::size_t rank = 1; rank <= durations.size(); ++rank) {
    const auto at = histogram.position(rank);
    ASSERT_EQ(at.row, LogHistogram::row_of(durations[rank - 1]));
    const auto before =
        std::lower_bound(durations.begin(), durations.end(), LogHistogram::from_ns(at.row));
    ASSERT_EQ(at.before, static_cast<std::uint64_t>(before - durations.begin()));
  }
}

TEST(LogHistogramTest, VisitsRowsInAscendingOrder) {
  std::vector<std::pair<unsigned, std::uint64_t>> rows;
  histogram_of({1ull << 59, 1000, 5, 5, 999, 0}).for_each_row([&](unsigned row, std::uint64_t n) {
    rows.emplace_back(row, n);
  });
  EXPECT_EQ(rows, (std::vector<std::pair<unsigned, std::uint64_t>>{
                      {0, 1}, {5, 2}, {111, 2}, {LogHistogram::row_of(1ull << 59), 1}}));
}

TEST(LogHistogramTest, KeepsSumsThatDoNotFitAtTheLargestNumber) {
  LogHistogram histogram;
  for (int i = 0; i < 2; ++i) {
    histogram.add_row(100, UINT64_MAX - 1);
    histogram.add_total(9, UINT64_MAX - 1);
  }
  EXPECT_EQ(histogram.count(100), UINT64_MAX);
  EXPECT_EQ(histogram.count(), UINT64_MAX);
  EXPECT_EQ(histogram.total_ns(9), UINT64_MAX);
  EXPECT_EQ(histogram.total(), Duration::max());
  histogram.merge(histogram);
  EXPECT_EQ(histogram.count(100), UINT64_MAX);
  EXPECT_EQ(histogram.total_ns(9), UINT64_MAX);
}

TEST(PercentileRank, IsTheNearest) {
  for (std::uint64_t count = 1; count <= 300; ++count) {
    for (std::uint64_t percent = 1; percent <= 100; ++percent) {
      std::uint64_t rank = 1;
      while (rank * 100 < percent * count)
        ++rank;
      ASSERT_EQ(percentile_rank(count, percent), rank) << count << " " << percent;
    }
  }
}

TEST(PercentileRank, OfTheLargestCountDoesNotOverflow) {
  EXPECT_EQ(percentile_rank(UINT64_MAX, 100), UINT64_MAX);
}

}  // namespace
}  // namespace pgrec

// Covers analyze/sql/number_list.h: ranks of percentages, and values by rank.
#include "analyze/sql/number_list.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

namespace pgrec {
namespace {

TEST(NearestRankTest, IsTheFirstThatIsNotBelowThePercentage) {
  EXPECT_EQ(nearest_rank(1, 50), 1u);
  EXPECT_EQ(nearest_rank(2, 50), 1u);
  EXPECT_EQ(nearest_rank(3, 50), 2u);
  EXPECT_EQ(nearest_rank(100, 99), 99u);
  EXPECT_EQ(nearest_rank(101, 99), 100u);
}

TEST(NearestRankTest, StaysInTheList) {
  EXPECT_EQ(nearest_rank(5, 0), 1u);
  EXPECT_EQ(nearest_rank(5, 100), 5u);
}

TEST(NearestRankTest, TakesPercentagesAsTheyAreWritten) {
  for (std::uint64_t count = 1000; count <= 300'000'000; count *= 10) {
    EXPECT_EQ(nearest_rank(count, 99.9), count / 1000 * 999);
    EXPECT_EQ(nearest_rank(count, 0.1), count / 1000);
    EXPECT_EQ(nearest_rank(count + 1, 99.9), count / 1000 * 999 + 1);
  }
  EXPECT_EQ(nearest_rank(10'000, 29), 2900u);
  EXPECT_EQ(nearest_rank(10'000, 7.01), 701u);
}

TEST(NumberListTest, HasTheValueOfEachRank) {
  std::mt19937 random(1);
  NumberList list;
  std::vector<std::int64_t> sorted;
  for (int i = 0; i < 100; ++i) {
    sorted.push_back(static_cast<std::int64_t>(random() % 50) - 20);
    list.add(sorted.back());
  }
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t rank = 1; rank <= sorted.size(); ++rank)
    EXPECT_EQ(std::get<std::int64_t>(list.at_rank(rank)), sorted[rank - 1]);
}

TEST(NumberListTest, ComparesIntegersWithRealsExactly) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  const std::vector<std::variant<std::int64_t, double>> sorted = {-1e300,
                                                                  kMin,
                                                                  -0.5,
                                                                  std::int64_t{0},
                                                                  0.5,
                                                                  (std::int64_t{1} << 53) + 1,
                                                                  9007199254740994.0,
                                                                  kMax,
                                                                  9223372036854775808.0};
  NumberList list;
  for (auto value = sorted.rbegin(); value != sorted.rend(); ++value)
    std::visit([&list](auto number) { list.add(number); }, *value);
  for (std::size_t rank = 1; rank <= sorted.size(); ++rank)
    EXPECT_EQ(list.at_rank(rank), sorted[rank - 1]) << rank;
}

}  // namespace
}  // namespace pgrec

// Covers record/kernel/probe_counts.h: counts of CPUs put together.
#include "record/kernel/probe_counts.h"

#include <gtest/gtest.h>

#include <vector>

namespace pgrec {
namespace {

constexpr std::array<std::uint32_t, 3> kCpus = {0, 2, 5};

class SumOfCpus : public testing::Test {
 protected:
  ProbeCounts sum() const { return sum_of_cpus(per_cpu_, kCpus); }

  std::vector<wire_counts> per_cpu_ = std::vector<wire_counts>(kCpus.size());
};

TEST_F(SumOfCpus, IsZeroWhereNothingFired) {
  const ProbeCounts counts = sum();
  EXPECT_EQ(counts.fired() + counts.filtered() + counts.lost() + counts.foreign(), 0u);
  EXPECT_TRUE(counts.lost_on.empty());
}

TEST_F(SumOfCpus, AddsEachKindOfEveryCpu) {
  per_cpu_[0].fired[WIRE_ENTER] = 1;
  per_cpu_[1].fired[WIRE_ENTER] = 10;
  per_cpu_[2].fired[WIRE_EXIT] = 100;
  per_cpu_[2].rehearsed = 7;
  const ProbeCounts counts = sum();
  EXPECT_EQ(counts.sum.fired[WIRE_ENTER], 11u);
  EXPECT_EQ(counts.sum.fired[WIRE_EXIT], 100u);
  EXPECT_EQ(counts.sum.rehearsed, 7u);
  EXPECT_EQ(counts.fired(), 111u);
}

TEST_F(SumOfCpus, CountsForeignEventsAsFilteredToo) {
  per_cpu_[0].filtered[WIRE_ENTER] = 1;
  per_cpu_[0].filtered[WIRE_EXIT] = 10;
  per_cpu_[1].foreign[WIRE_ENTER] = 100;
  EXPECT_EQ(sum().filtered(), 111u);
  EXPECT_EQ(sum().foreign(), 100u);
}

TEST_F(SumOfCpus, SaysOnWhichCpusEventsWereLostAndWhy) {
  per_cpu_[0].fired[WIRE_ENTER] = 5;
  per_cpu_[1].lost[WIRE_LOSS_RING_FULL][WIRE_ENTER] = 1;
  per_cpu_[1].lost[WIRE_LOSS_RING_FULL][WIRE_EXIT] = 10;
  per_cpu_[2].lost[WIRE_LOSS_MAP_FULL][WIRE_BEGIN] = 100;
  const ProbeCounts counts = sum();
  using Causes = std::array<std::uint64_t, WIRE_LOSSES>;
  EXPECT_EQ(counts.lost(), 111u);
  EXPECT_EQ(counts.lost(WIRE_LOSS_RING_FULL), 11u);
  EXPECT_EQ(counts.lost_on,
            (std::map<std::uint32_t, Causes>{{2, {11, 0, 0, 0}}, {5, {0, 0, 0, 100}}}));
}

// As bpf/filter.bpf.h counts them.
class ShortCalls : public testing::Test {
 protected:
  void call(std::uint64_t ns) {
    words_[LogHistogram::octave_of(ns)] += ns;
    ++words_[WIRE_OCTAVES + LogHistogram::row_of(ns)];
    expected_.add(Duration(ns));
  }

  std::vector<std::uint64_t> words_ = std::vector<std::uint64_t>(WIRE_OCTAVES + 300);
  LogHistogram expected_;
};

TEST_F(ShortCalls, HaveTheRowsAndTheTimeOfTheCalls) {
  for (const std::uint64_t ns : {0u, 1u, 15u, 16u, 17u, 1000u, 20'000u, 20'000u})
    call(ns);
  LogHistogram calls;
  add_short_calls(words_, calls);
  EXPECT_EQ(calls, expected_);
}

TEST_F(ShortCalls, AreAddedToThoseOfOtherCpus) {
  call(20'000);
  LogHistogram calls;
  calls.add(Duration(50));
  expected_.add(Duration(50));
  add_short_calls(words_, calls);
  EXPECT_EQ(calls, expected_);
}

TEST_F(ShortCalls, OfNobodyAddNothing) {
  LogHistogram calls;
  add_short_calls(words_, calls);
  EXPECT_EQ(calls, LogHistogram());
}

}  // namespace
}  // namespace pgrec

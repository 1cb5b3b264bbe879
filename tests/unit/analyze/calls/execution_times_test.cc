// Covers executions by when they began and where they came from, against counts made by hand of
// random ones: analyze/calls/intervals.h, execution_origins.h, heat_map.h and transactions.h.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "analyze/calls/execution_figures.h"
#include "analyze/calls/execution_origins.h"
#include "analyze/calls/heat_map.h"
#include "analyze/calls/intervals.h"
#include "analyze/calls/transactions.h"
#include "format/error.h"
#include "tests/unit/random_executions.h"

namespace pgrec {
namespace {

using test::MadeExecution;
using test::RandomExecutions;

TEST(IntervalsTest, BeginAtMultiplesOfTheirLength) {
  const TimeIntervals intervals({from_ns(25), from_ns(61)}, from_ns(1000), Duration(10),
                                "--timeline");
  EXPECT_EQ(intervals.count(), 5u);
  EXPECT_EQ(intervals.begin(0), from_ns(20));
  EXPECT_EQ(intervals.of(from_ns(19)), std::nullopt);
  EXPECT_EQ(intervals.of(from_ns(20)), 0u);
  EXPECT_EQ(intervals.of(from_ns(69)), 4u);
  EXPECT_EQ(intervals.of(from_ns(70)), std::nullopt);
  const TimeIntervals shifted({}, from_ns(14), Duration(10), "--by", Duration(-3));
  EXPECT_EQ(shifted.begin(0), from_ns(-3));
  EXPECT_EQ(shifted.count(), 2u);
}

TEST(IntervalsTest, AreRound) {
  const std::int64_t second = 1'000'000'000;
  EXPECT_EQ(round_length(Duration(1)), Duration(1));
  EXPECT_EQ(round_length(Duration(3)), Duration(5));
  EXPECT_EQ(round_length(Duration(600'000'000)), Duration(second));
  EXPECT_EQ(round_length(Duration(11 * second)), Duration(15 * second));
  EXPECT_EQ(round_length(Duration(4000 * second)), Duration(7200 * second));
  for (std::int64_t last = 1; last < 4'000'000 * second; last = last * 3 + 1) {
    const TimeIntervals intervals = TimeIntervals::round({}, from_ns(last), 40);
    EXPECT_LE(intervals.count(), 40u) << last;
    if (last > 40) {
      EXPECT_GE(intervals.count(), 13u) << last;
    }
  }
}

TEST(IntervalsTest, AreRefused) {
  EXPECT_THROW(TimeIntervals({}, from_ns(10), Duration{}, "--by"), UsageError);
  EXPECT_THROW(TimeIntervals({}, from_ns(1'000'000), Duration(1), "--by"), UsageError);
}

class ExecutionTimesTest : public testing::TestWithParam<unsigned> {
 protected:
  ExecutionTimesTest() : made_(GetParam() * 5 + 2, 200), set_(TraceReader(made_.file().path())) {
    options_.threads = GetParam();
    selection_.end = set_.last();
  }
  WantedExecutions wanted() { return {set_, selection_, options_}; }

  RandomExecutions made_;
  TraceSet set_;
  PassOptions options_;
  ExecutionSelection selection_;
};

TEST_P(ExecutionTimesTest, CountWhereTheyBegin) {
  const TimeIntervals intervals = TimeIntervals::round({}, set_.last(), 30);
  std::map<std::size_t, std::pair<std::uint64_t, std::int64_t>> expected;
  for (const MadeExecution& one : made_.all()) {
    auto& [executions, total] =
        expected[static_cast<std::size_t>(one.begun / intervals.length().count())];
    ++executions;
    total += one.duration.value_or(0);
  }
  const GroupFigures figures = sum_groups(wanted(), intervals);
  for (std::size_t i = 0; i < intervals.count(); ++i) {
    EXPECT_EQ(figures.of(i).executions, expected[i].first) << i;
    EXPECT_EQ(figures.of(i).total.count(), expected[i].second) << i;
  }
}

TEST_P(ExecutionTimesTest, CountWhereTheyComeFrom) {
  const OriginPlaces places(Origin::kDatabase);
  const GroupFigures figures = sum_groups(wanted(), places);
  std::map<std::string, std::uint64_t> found, expected;
  for (std::size_t i = 0; i < figures.size(); ++i)
    found[places.name(i)] = figures.of(i).executions;
  for (const MadeExecution& one : made_.all())
    ++expected[one.database];
  EXPECT_EQ(found, expected);

  const OriginPlaces applications(Origin::kApplication);
  const GroupFigures by_application = sum_groups(wanted(), applications);
  found.clear();
  for (std::size_t i = 0; i < by_application.size(); ++i)
    found[applications.name(i)] = by_application.of(i).executions;
  EXPECT_EQ(found, (std::map<std::string, std::uint64_t>{{"", 400}, {"loader", 200}}));
}

TEST(OriginTest, HasAWord) {
  EXPECT_EQ(origin_of("backend-type"), Origin::kBackendType);
  EXPECT_EQ(origin_of("pid"), std::nullopt);
}

TEST_P(ExecutionTimesTest, HeatMapCountsByIntervalAndOctave) {
  const TimeIntervals intervals = TimeIntervals::round({}, set_.last(), 20);
  std::map<std::pair<std::size_t, unsigned>, std::uint64_t> expected;
  for (const MadeExecution& one : made_.all()) {
    if (!one.duration) continue;
    unsigned octave = 0;
    while ((std::int64_t{2} << octave) <= *one.duration)
      ++octave;
    ++expected[{static_cast<std::size_t>(one.begun / intervals.length().count()), octave}];
  }
  const HeatMap map = heat_map_of_executions(wanted(), intervals);
  for (std::size_t i = 0; i < intervals.count(); ++i) {
    for (unsigned row = 0; row < HeatMap::kRows; ++row)
      EXPECT_EQ(map.count(i, row), (expected[{i, row}])) << i << " " << row;
  }
}

TEST_P(ExecutionTimesTest, CallsCountWhereTheyBegin) {
  const TimeIntervals intervals = TimeIntervals::round({}, set_.last(), 20);
  std::uint64_t expected = 0, of_inner = 0;
  for (const MadeExecution& one : made_.all()) {
    for (const auto& [function, sum] : one.calls) {
      expected += sum.calls;
      of_inner += function == 1 ? sum.calls : 0;
    }
  }
  std::uint64_t begun = 0, in_map = 0;
  for (const std::uint64_t count : calls_by_interval(set_, {}, intervals, options_))
    begun += count;
  EXPECT_EQ(begun, expected);
  CallSelection inner;
  inner.functions = {false, true};
  inner.other_functions = false;
  const HeatMap map = heat_map_of_calls(set_, inner, intervals, options_);
  for (unsigned row = 0; row < HeatMap::kRows; ++row)
    in_map += map.count_of_row(row);
  EXPECT_EQ(in_map, of_inner);
}

struct MadeTransaction {
  std::uint32_t pid = 0;
  std::int64_t begun = 0, ended = 0, idle = 0;
  std::uint64_t statements = 0, errors = 0;
  auto key() const { return std::tuple(pid, begun, ended, idle, statements, errors); }
};

// Of each process one after the other.
std::vector<MadeTransaction> transactions_of(const std::vector<MadeExecution>& all,
                                             std::int64_t end) {
  std::vector<MadeTransaction> found;
  MadeTransaction now;
  bool goes_on = false, explicitly = false, idle = false;
  const auto close = [&] {
    if (now.statements > 1 || idle) found.push_back(now);
    goes_on = idle = false;
  };
  for (const MadeExecution& one : all) {
    if (now.pid != one.pid || !goes_on) {
      close();
      now = {one.pid, one.begun, 0, 0, 0, 0};
      explicitly = one.text == "BEGIN";
    }
    ++now.statements;
    now.errors += one.failed ? 1 : 0;
    now.idle += one.idle;
    now.ended = one.begun + one.taken(end);
    if (one.idle > 0) now.ended += 3 + one.idle;
    idle = idle || one.idle > 0;
    goes_on = one.idle > 0 || (explicitly && one.text != "COMMIT");
  }
  close();
  return found;
}

TEST_P(ExecutionTimesTest, TransactionsAreThoseMadeByHand) {
  std::vector<decltype(MadeTransaction{}.key())> expected, found;
  // The last of a process that is idle is so until the end of the trace.
  std::vector<MadeExecution> all = made_.all();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool is_last = i + 1 == all.size() || all[i + 1].pid != all[i].pid;
    if (is_last && all[i].idle > 0) all[i].idle = made_.end() - all[i].begun - *all[i].duration - 3;
  }
  for (const MadeTransaction& one : transactions_of(all, made_.end()))
    expected.push_back(one.key());
  const SetTexts texts(set_);
  const Transactions transactions = find_transactions(wanted(), texts, 1'000'000);
  for (const Transaction& one : transactions.longest) {
    found.emplace_back(one.first.thread.pid, to_ns(one.begun), to_ns(one.begun + one.taken),
                       one.idle.count(), one.statements, one.errors);
  }
  EXPECT_EQ(transactions.count, expected.size());
  EXPECT_TRUE(std::is_sorted(transactions.longest.begin(), transactions.longest.end(),
                             [](const auto& a, const auto& b) { return a.taken > b.taken; }));
  std::sort(expected.begin(), expected.end());
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, expected);
  EXPECT_EQ(find_transactions(wanted(), texts, 2).longest.size(), 2u);
}

INSTANTIATE_TEST_SUITE_P(Threads, ExecutionTimesTest, testing::Values(1u, 3u));

}  // namespace
}  // namespace pgrec

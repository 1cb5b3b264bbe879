// Covers what is summed up over executions, against sums made by hand of random ones:
// analyze/calls/wanted_executions.h, execution_figures.h, execution_ranks.h, function_sums.h,
// statement_sums.h, worker_runs.h, longest_executions.h and outliers.h.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "analyze/calls/execution_figures.h"
#include "analyze/calls/execution_ranks.h"
#include "analyze/calls/longest_executions.h"
#include "analyze/calls/outliers.h"
#include "analyze/calls/statement_sums.h"
#include "analyze/calls/wanted_executions.h"
#include "analyze/calls/worker_runs.h"
#include "tests/unit/random_executions.h"

namespace pgrec {
namespace {

using test::MadeCalls;
using test::MadeExecution;
using test::RandomExecutions;

using CallsByFunction = std::map<std::uint32_t, MadeCalls>;

CallsByFunction calls_of(const FunctionSums& sums) {
  CallsByFunction calls;
  for (const FunctionSum& sum : sums.all())
    calls[value(sum.function)] = {sum.calls, sum.total.count(), sum.self.count()};
  return calls;
}

void add(CallsByFunction& to, const CallsByFunction& calls) {
  for (const auto& [function, more] : calls) {
    MadeCalls& sum = to[function];
    sum.calls += more.calls;
    sum.total += more.total;
    sum.self += more.self;
  }
}

// What executions come to, by hand.
struct Expected {
  std::uint64_t executions = 0, errors = 0;
  std::int64_t total = 0, hit = 0;
  std::vector<std::int64_t> durations;
  CallsByFunction calls;

  void add(const MadeExecution& one) {
    ++executions;
    errors += one.failed ? 1 : 0;
    hit += one.hit;
    if (one.duration) {
      total += *one.duration;
      durations.push_back(*one.duration);
    }
    pgrec::add(calls, one.calls);
  }
  std::int64_t percentile(std::uint64_t percent) const {
    std::vector<std::int64_t> sorted = durations;
    std::sort(sorted.begin(), sorted.end());
    std::size_t place = 0;
    while ((place + 1) * 100 < sorted.size() * percent)
      ++place;
    return sorted[place];
  }
};

class ExecutionSumsTest : public testing::TestWithParam<unsigned> {
 protected:
  ExecutionSumsTest() : made_(GetParam() * 7 + 1, 250), set_(TraceReader(made_.file().path())) {
    options_.threads = GetParam();
    selection_.end = set_.last();
  }
  WantedExecutions wanted() { return {set_, selection_, options_}; }
  bool wants(const MadeExecution& one) const {
    return selection_.range.has(from_ns(one.begun)) && selection_.pids.has(one.pid) &&
           one.taken(made_.end()) >= selection_.at_least.count() &&
           (selection_.databases.empty() || selection_.databases.front() == one.database);
  }
  static std::string name(const StatementTable& table, std::size_t place) {
    const StatementRow& row = table.rows()[place];
    return row.query_id ? std::to_string(*row.query_id) : table.text(row).value_or("?");
  }
  void expect_statements();
  void expect_longest(std::size_t most);

  RandomExecutions made_;
  TraceSet set_;
  SetTexts texts_{set_};
  PassOptions options_;
  ExecutionSelection selection_;
  CallSelection calls_;
  StatementTable table_{texts_, statements_seen(set_, texts_, options_)};
};

void ExecutionSumsTest::expect_statements() {
  std::map<std::string, Expected> expected;
  for (const MadeExecution& one : made_.all()) {
    if (wants(one)) expected[one.statement()].add(one);
  }
  ASSERT_FALSE(expected.empty());
  const StatementTotals sums = sum_statements(wanted(), table_, calls_, {});
  std::size_t found = 0;
  for (std::size_t place = 0; place < table_.rows().size(); ++place) {
    if (!sums.has(place)) continue;
    ++found;
    const std::string statement = name(table_, place);
    const Expected& one = expected[statement];
    const ExecutionFigures& figures = sums.figures.of(place);
    EXPECT_EQ(figures.executions, one.executions) << statement;
    EXPECT_EQ(figures.errors, one.errors) << statement;
    EXPECT_EQ(figures.total.count(), one.total) << statement;
    EXPECT_EQ(figures.measures[1].value_or(0), one.hit) << statement;
    EXPECT_EQ(calls_of(sums.functions[place]), one.calls) << statement;
    const auto percentiles = sums.figures.percentiles(place);
    ASSERT_EQ(percentiles.has_value(), !one.durations.empty());
    if (!percentiles) continue;
    EXPECT_EQ(percentiles->p50().count(), one.percentile(50)) << statement;
    EXPECT_EQ(percentiles->p90().count(), one.percentile(90)) << statement;
    EXPECT_EQ(percentiles->p99().count(), one.percentile(99)) << statement;
  }
  EXPECT_EQ(found, expected.size());
  EXPECT_EQ(sums.without_statement, 0u);
  EXPECT_EQ(sums.lost_worker_runs, 0u);
}

TEST_P(ExecutionSumsTest, OfStatementsAreThoseMadeByHand) {
  expect_statements();
}

// Then a worker's calls are wanted where its leader's execution is.
TEST_P(ExecutionSumsTest, OfStatementsAreThoseOfWantedExecutions) {
  selection_.pids.pids = {100, 300};
  expect_statements();
  selection_.pids.pids = {};
  selection_.databases = {"shop"};
  expect_statements();
  selection_.databases = {};
  selection_.at_least = Duration(200'000);
  expect_statements();
  selection_.at_least = {};
  selection_.range = {from_ns(made_.end() / 4), from_ns(made_.end() / 2)};
  expect_statements();
}

TEST_P(ExecutionSumsTest, OfStatementsAreOfTheirStatementsAlone) {
  selection_.by_statement = true;
  selection_.table = &table_;
  selection_.statements.assign(table_.rows().size(), false);
  const StatementTotals none = sum_statements(wanted(), table_, calls_, {});
  for (std::size_t place = 0; place < table_.rows().size(); ++place)
    EXPECT_FALSE(none.has(place));
  selection_.statements[0] = true;
  const StatementTotals sums = sum_statements(wanted(), table_, calls_, {});
  Expected expected;
  for (const MadeExecution& one : made_.all()) {
    if (one.statement() == name(table_, 0)) expected.add(one);
  }
  EXPECT_EQ(sums.figures.of(0).executions, expected.executions);
  EXPECT_EQ(calls_of(sums.functions.at(0)), expected.calls);
}

TEST_P(ExecutionSumsTest, OfCallsAreOfTheFunctionsThatAreWanted) {
  calls_.functions = {false, true};
  calls_.other_functions = false;
  const StatementTotals sums = sum_statements(wanted(), table_, calls_, {});
  CallsByFunction all, expected;
  for (const FunctionSums& functions : sums.functions)
    add(all, calls_of(functions));
  for (const MadeExecution& one : made_.all())
    add(expected, one.calls);
  expected.erase(0);
  EXPECT_EQ(all, expected);
}

TEST_P(ExecutionSumsTest, PercentilesOfManyAreNearAndCanBeSearchedFor) {
  Expected expected;
  for (const MadeExecution& one : made_.all()) {
    if (one.statement() == name(table_, 0)) expected.add(one);
  }
  GroupFigures figures = sum_groups(wanted(), StatementPlaces(table_), 10);
  EXPECT_FALSE(figures.exact());
  const auto near = figures.percentiles(0);
  ASSERT_TRUE(near);
  for (std::size_t i = 0; i < near->values.size(); ++i) {
    const auto exact = static_cast<double>(expected.percentile(ExecutionPercentiles::kPercents[i]));
    EXPECT_NEAR(static_cast<double>(near->values[i].count()), exact, 0.032 * exact);
  }
  search_percentiles(wanted(), StatementPlaces(table_), figures);
  EXPECT_TRUE(figures.exact());
  const auto found = figures.percentiles(0);
  for (std::size_t i = 0; i < found->values.size(); ++i)
    EXPECT_EQ(found->values[i].count(), expected.percentile(ExecutionPercentiles::kPercents[i]));
}

void ExecutionSumsTest::expect_longest(std::size_t most) {
  std::vector<MadeExecution> expected;
  std::copy_if(made_.all().begin(), made_.all().end(), std::back_inserter(expected),
               [this](const MadeExecution& one) { return wants(one); });
  std::sort(expected.begin(), expected.end(), [this](const auto& a, const auto& b) {
    return a.taken(made_.end()) > b.taken(made_.end());
  });
  expected.resize(std::min(most, expected.size()));
  std::vector<SlowExecution> longest = longest_executions(wanted(), most);
  add_calls(wanted(), calls_, longest);
  ASSERT_EQ(longest.size(), expected.size());
  for (std::size_t i = 0; i < longest.size(); ++i) {
    EXPECT_EQ(longest[i].taken.count(), expected[i].taken(made_.end())) << i;
    const auto same = std::find_if(expected.begin(), expected.end(), [&](const auto& one) {
      return one.pid == longest[i].record.thread.pid && one.begun == to_ns(longest[i].record.begun);
    });
    ASSERT_NE(same, expected.end()) << i;
    EXPECT_EQ(calls_of(longest[i].functions), same->calls) << i;
  }
}

TEST_P(ExecutionSumsTest, TheLongestAreThoseMadeByHand) {
  expect_longest(0);
  expect_longest(7);
  expect_longest(100'000);
  selection_.databases = {"stock"};
  selection_.at_least = Duration(300'000);
  expect_longest(5);
}

TEST_P(ExecutionSumsTest, OutliersAreTheSlowestHundredthAgainstTheOthers) {
  for (std::size_t place = 0; place < table_.rows().size(); ++place) {
    std::vector<MadeExecution> all;
    for (const MadeExecution& one : made_.all()) {
      if (one.duration && one.statement() == name(table_, place)) all.push_back(one);
    }
    std::sort(all.begin(), all.end(),
              [](const auto& a, const auto& b) { return *a.duration > *b.duration; });
    const std::size_t slow_ones = (all.size() + 99) / 100;
    if (slow_ones < all.size() && *all[slow_ones].duration == *all[slow_ones - 1].duration)
      continue;
    Expected slow, others;
    for (std::size_t i = 0; i < all.size(); ++i)
      (i < slow_ones ? slow : others).add(all[i]);
    const auto outliers = find_outliers(wanted(), table_, place, calls_);
    ASSERT_TRUE(outliers);
    EXPECT_EQ(outliers->from.count(), *all[slow_ones - 1].duration);
    EXPECT_EQ(outliers->slow.figures.executions, slow.executions);
    EXPECT_EQ(outliers->slow.figures.total.count(), slow.total);
    EXPECT_EQ(outliers->others.figures.executions, others.executions);
    EXPECT_EQ(outliers->others.figures.errors, others.errors);
    EXPECT_EQ(calls_of(outliers->slow.functions), slow.calls);
    EXPECT_EQ(calls_of(outliers->others.functions), others.calls);
  }
}

TEST_P(ExecutionSumsTest, OutliersOfNoExecutionAreNone) {
  selection_.at_least = Duration(INT64_MAX);
  EXPECT_FALSE(find_outliers(wanted(), table_, 0, calls_));
}

// What a chunk had that cannot be read is in no sum, and the same whatever the threads.
TEST_P(ExecutionSumsTest, DamageLeavesOutWhatIsInIt) {
  const TraceReader whole = made_.file().reader();
  const auto chunks = test::chunk_frames(whole);
  made_.file().flip_byte_of(chunks[chunks.size() / 2]);
  TraceSet damaged(TraceReader(made_.file().path()));
  const StatementTotals sums = sum_statements({damaged, selection_, options_}, table_, calls_, {});
  struct Records final : ExecutionSink {
    void execution(const ExecutionRecord& record) override {
      if (record.facts.kind != ExecutionFacts::Kind::kRun) return;
      ++executions;
      if (record.duration) total += *record.duration;
    }
    std::uint64_t executions = 0;
    Duration total{};
  } records;
  TraceSet again(TraceReader(made_.file().path()));
  for_each_execution(again, {}, records, {});
  std::uint64_t executions = sums.without_statement;
  Duration total{};
  for (std::size_t place = 0; place < sums.figures.size(); ++place) {
    executions += sums.figures.of(place).executions;
    total += sums.figures.of(place).total;
  }
  EXPECT_EQ(executions, records.executions);
  EXPECT_EQ(total, records.total);
  EXPECT_LT(executions, made_.all().size());
  EXPECT_FALSE(damaged.files().front().reader.damages().empty());
}

INSTANTIATE_TEST_SUITE_P(Threads, ExecutionSumsTest, testing::Values(1u, 3u));

TEST(ExecutionFiguresTest, StayAtTheLargestNumber) {
  ExecutionRecord record;
  record.duration = Duration::max();
  record.facts.measures[0] = INT64_MAX;
  ExecutionFigures figures;
  figures.add(record);
  figures.add(record);
  EXPECT_EQ(figures.total, Duration::max());
  EXPECT_EQ(figures.measures[0], INT64_MAX);
  EXPECT_FALSE(figures.measures[1]);
  EXPECT_FALSE(figures.known_errors());
}

}  // namespace
}  // namespace pgrec

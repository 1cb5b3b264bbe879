// Covers record/recording/recording_cost.h: the words for what was paid, and for what is expected.
#include "record/recording/recording_cost.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

// A step takes four times what a call of an empty function pays without one.
constexpr ProbeCost kProbeCost{std::chrono::nanoseconds(400), std::chrono::nanoseconds(1600)};

ProbeTable table(const std::vector<std::string>& names, const std::vector<bool>& stepped) {
  std::vector<Function> functions;
  for (const std::string& name : names) {
    functions.emplace_back();
    functions.back().name = name;
  }
  Function hooks;
  hooks.name = "hooks";
  return {functions, {}, hooks, stepped};
}

std::string expected(const std::vector<std::uint64_t>& calls, Duration time,
                     const std::vector<std::string>& names = {"a", "b", "c", "d"},
                     const std::vector<bool>& stepped = {}) {
  CallRates rates;
  rates.calls = calls;
  rates.time = time;
  return expected_text(rates, table(names, stepped), kProbeCost);
}

TEST(PaidText, SaysTheShareOfTheCpuTimeAndWhatItIsAnExecution) {
  RecordingCost cost;
  cost.calls = 500'000;
  cost.executions = 10'000;
  cost.cpu = std::chrono::seconds(2);
  EXPECT_EQ(paid_text(cost, kProbeCost),
            "210 to 441 ms, 500,000 calls at 400 to 840 ns and the query hooks: 10 to 22 % of 2.00 "
            "s of CPU time, 21.0 to 44.1 us an execution");
}

TEST(PaidText, SaysNothingOfWhatIsNotKnown) {
  RecordingCost cost;
  cost.calls = 1;
  EXPECT_EQ(paid_text(cost, kProbeCost), "400 to 840 ns, 1 call at 400 to 840 ns");
}

TEST(PaidText, SaysNoMoreThanAllOfTheCpuTime) {
  RecordingCost cost;
  cost.calls = 500'000;
  cost.cpu = std::chrono::milliseconds(250);
  EXPECT_EQ(paid_text(cost, kProbeCost),
            "200 to 250 ms, 500,000 calls at 400 to 840 ns: 80 to 100 % of 250 ms of CPU time");
  cost.cpu = std::chrono::milliseconds(100);
  EXPECT_EQ(paid_text(cost, kProbeCost),
            "200 ms, 500,000 calls at 400 to 840 ns: 200 % of 100 ms of CPU time");
}

TEST(PaidText, GivesEachEndOfARangeItsUnit) {
  RecordingCost cost;
  cost.calls = 2;
  EXPECT_EQ(paid_text(cost, kProbeCost), "800 ns to 1.68 us, 2 calls at 400 to 840 ns");
}

TEST(PaidText, SaysSharesInALineOfTheirOwn) {
  RecordingCost cost;
  cost.calls = 10;
  cost.cpu = std::chrono::milliseconds(1);
  EXPECT_EQ(paid_text(cost, kProbeCost, "\n  "),
            "4.00 to 8.40 us, 10 calls at 400 to 840 ns:\n  0.4 to 0.8 % of 1.00 ms of CPU time");
}

TEST(PaidText, SaysWhereTheCpuTimeIsTheLeast) {
  RecordingCost cost;
  cost.calls = 500'000;
  cost.cpu = std::chrono::seconds(2);
  cost.cpu_is_least = true;
  EXPECT_EQ(paid_text(cost, kProbeCost),
            "200 to 420 ms, 500,000 calls at 400 to 840 ns: up to 21 % of at least 2.00 s of CPU "
            "time");
}

TEST(PaidText, SaysWhatStepsTookBesideTheCalls) {
  RecordingCost cost;
  cost.calls = 500'000;
  cost.stepped = 100'000;
  cost.cpu = std::chrono::seconds(2);
  EXPECT_EQ(paid_text(cost, kProbeCost),
            "360 to 756 ms, 500,000 calls at 400 to 840 ns and 100,000 steps at 1.60 to 3.36 us: "
            "18 to 38 % of 2.00 s of CPU time");
  cost.executions = 1000;
  EXPECT_EQ(paid_text(cost, kProbeCost),
            "361 to 758 ms, 500,000 calls at 400 to 840 ns, 100,000 steps at 1.60 to 3.36 us and "
            "the query hooks: 18 to 38 % of 2.00 s of CPU time, 361 to 758 us an execution");
}

TEST(CostFacts, HaveWhatStepsTook) {
  RecordingCost cost;
  cost.calls = 1000;
  cost.stepped = 100;
  Metadata facts;
  add_facts(cost, kProbeCost, facts);
  EXPECT_EQ(facts, (Metadata{{"record.cpu_ns", "0"},
                             {"record.cost_ns", "560000"},
                             {"record.cost_most_ns", "1176000"}}));
}

TEST(CostFacts, SayWhereTheCpuTimeIsTheLeast) {
  RecordingCost cost;
  cost.calls = 1000;
  cost.cpu = Duration(700'000);
  Metadata facts;
  add_facts(cost, std::nullopt, facts);
  EXPECT_EQ(facts, (Metadata{{"record.cpu_ns", "700000"}}));
  cost.cpu_is_least = true;
  facts.clear();
  add_facts(cost, kProbeCost, facts);
  EXPECT_EQ(facts, (Metadata{{"record.cpu_ns", "700000"},
                             {"record.cpu_is_least", "1"},
                             {"record.cost_ns", "400000"},
                             {"record.cost_most_ns", "840000"}}));
}

TEST(ExpectedText, NamesTheFunctionsThatCostMostFirst) {
  EXPECT_EQ(expected({1000, 40'000, 9000, 50'000}, std::chrono::milliseconds(200),
                     {"a", "b", "c", "d"}, {false, false, true, false}),
            "27 to 57 % of a CPU, 500,000 calls a second: d 10 to 21 %, c 9.0 to 19 %, b 8.0 to 17 "
            "%");
}

TEST(ExpectedText, NamesTheThreeFunctionsThatAreCalledMost) {
  EXPECT_EQ(expected({1000, 40'000, 9000, 50'000}, std::chrono::milliseconds(200)),
            "20 to 42 % of a CPU, 500,000 calls a second: d 10 to 21 %, b 8.0 to 17 %, c 1.8 to "
            "3.8 %");
}

TEST(ExpectedText, LeavesOutFunctionsThatAreNotCalled) {
  EXPECT_EQ(expected({0, 0, 2500, 0}, std::chrono::milliseconds(100)),
            "1.0 to 2.1 % of a CPU, 25,000 calls a second: c 1.0 to 2.1 %");
}

TEST(ExpectedText, SaysThatNothingIsCalled) {
  EXPECT_EQ(expected({0}, std::chrono::seconds(1), {"a"}), "0.0 % of a CPU, 0 calls a second");
}

}  // namespace
}  // namespace pgrec

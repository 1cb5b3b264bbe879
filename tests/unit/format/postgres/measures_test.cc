// Covers format/postgres/measures.h: what has to hold of every row of the table.
#include "format/postgres/measures.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "format/postgres/execution_classes.h"

namespace pgrec {
namespace {

constexpr KnownOfExecutions kAllMeasures = {true, true, true, true};

std::vector<std::string> arguments(ExecutionClass id, const KnownOfExecutions& known) {
  std::vector<std::string> names;
  for (const EventClass& one : execution_classes(known)) {
    if (one.id != id_of(id)) continue;
    for (const ArgumentType& argument : one.arguments)
      names.push_back(argument.name);
  }
  return names;
}

std::vector<std::string> names(bool counted) {
  std::vector<std::string> all;
  for (const Measure& measure : kMeasures) {
    if (is_counted(measure) == counted) all.emplace_back(measure.name);
  }
  return all;
}

TEST(Measures, HaveNamesOfTheirOwn) {
  std::set<std::string_view> met = {execution_argument::kQueryId, execution_argument::kPrepare,
                                    execution_argument::kSqlstate};
  for (const Measure& measure : kMeasures)
    EXPECT_TRUE(met.insert(measure.name).second) << measure.name;
}

TEST(Measures, FillThePlacesOfTheCounters) {
  std::set<std::size_t> places;
  for (const Measure& measure : kMeasures) {
    if (is_counted(measure)) places.insert(measure.counter);
  }
  ASSERT_EQ(places.size(), kCounters);
  EXPECT_EQ(*places.begin(), 0u);
  EXPECT_EQ(*places.rbegin(), kCounters - 1);
}

TEST(Measures, AreArgumentsOfACompletionWithTheCountersFirst) {
  std::vector<std::string> expected = {"query_id", "prepare_ns"};
  for (const bool counted : {true, false}) {
    const auto some = names(counted);
    expected.insert(expected.end(), some.begin(), some.end());
  }
  EXPECT_EQ(arguments(ExecutionClass::kCompleted, kAllMeasures), expected);
}

TEST(Measures, AreLeftOutWhereTheServerDoesNotTellThem) {
  EXPECT_EQ(
      arguments(ExecutionClass::kSuspended, {.wal = true}),
      (std::vector<std::string>{"prepare_ns", "wal_records", "wal_fpi", "wal_bytes", "rows"}));
  EXPECT_EQ(arguments(ExecutionClass::kCompleted, {}),
            (std::vector<std::string>{"prepare_ns", "rows"}));
  EXPECT_EQ(arguments(ExecutionClass::kCompleted, {.rows = false}),
            (std::vector<std::string>{"prepare_ns"}));
}

}  // namespace
}  // namespace pgrec

// Covers analyze/sql/execution_columns.h and statement_relation.h: the columns of executions and
// statements are those of format/postgres/measures.h, and each holds its own measure.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "format/postgres/execution_classes.h"
#include "format/postgres/measures.h"
#include "tests/unit/append_event.h"
#include "tests/unit/relations.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

// A trace of one execution, with another number of each measure.
class MeasureColumnsTest : public testing::Test {
 protected:
  static constexpr ThreadKey kThread{7, 7};

  MeasureColumnsTest() {
    const KnownOfExecutions all{true, true, true, true};
    const std::vector<EventClass> classes = execution_classes(all);
    writer_.write(classes);
    const TextId text = writer_.text_id({{}, false, false, "SELECT 1"});
    event({EventKind::kExecutionBegin, {}, text, from_ns(100), {}});
    ArgumentValues arguments;
    for (const ArgumentType& type : classes.front().arguments)
      arguments.emplace_back(number_of(type.name));
    test::append(writer_, kThread,
                 {EventKind::kOfClass, {}, {}, from_ns(200), id_of(ExecutionClass::kCompleted)},
                 std::move(arguments));
    event({EventKind::kExecutionEnd, {}, {}, from_ns(200), {}});
    writer_.close(from_ns(300));
    database_ = test::relations_of(file_.reader());
  }
  void event(const Event& event) { writer_.append(kThread, std::span(&event, 1)); }

  // 1 of the first row of the table, 2 of the next, …; 0 of what is no measure.
  static std::uint64_t number_of(std::string_view name) {
    const auto measure = std::find_if(kMeasures.begin(), kMeasures.end(),
                                      [&](const Measure& one) { return one.name == name; });
    if (measure == kMeasures.end()) return 0;
    return static_cast<std::uint64_t>(measure - kMeasures.begin()) + 1;
  }
  // Those of the columns of the relation that are measures, in its order.
  std::vector<std::string> measures_of(const std::string& relation) const {
    std::vector<std::string> found;
    auto columns = database_.prepare("SELECT name FROM pragma_table_info(?)");
    columns.bind(1, relation);
    while (columns.step()) {
      if (number_of(columns.text(0)) > 0) found.push_back(columns.text(0));
    }
    return found;
  }

  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
  Database database_;
};

class MeasuresOf : public MeasureColumnsTest, public testing::WithParamInterface<const char*> {};

TEST_P(MeasuresOf, AreColumnsInTheOrderOfTheTable) {
  std::vector<std::string> expected;
  for (const Measure& measure : kMeasures)
    expected.emplace_back(measure.name);
  EXPECT_EQ(measures_of(GetParam()), expected);
}

TEST_P(MeasuresOf, StandEachInItsColumn) {
  for (const Measure& measure : kMeasures) {
    auto value = database_.prepare("SELECT " + std::string(measure.name) + " FROM " + GetParam());
    ASSERT_TRUE(value.step());
    EXPECT_EQ(value.integer(0), static_cast<std::int64_t>(number_of(measure.name))) << measure.name;
  }
}

INSTANTIATE_TEST_SUITE_P(MeasureColumns, MeasuresOf, testing::Values("executions", "statements"));

}  // namespace
}  // namespace pgrec

// Covers analyze/report/statement_view.h and slow_view.h: which functions are named, and figures
// that are too large. Whole screens: execution_tables_test.cc, tests/golden/queries.golden.
#include "analyze/report/statement_view.h"

#include <gtest/gtest.h>

#include <cstdint>

#include "analyze/report/slow_view.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

const SqlValue kLargest{INT64_MAX};

class StatementViewTest : public testing::Test {
 protected:
  void event(EventKind kind, std::int64_t ns, std::uint32_t function = 0, TextId text = {}) {
    const Event one{kind, FunctionId{function}, text, from_ns(ns), {}};
    writer_.append({7, 7}, std::span(&one, 1));
  }
  void begin(std::int64_t ns) {
    event(EventKind::kExecutionBegin, ns, 0, writer_.text_id({{}, false, false, "SELECT a"}));
  }
  void end(std::int64_t ns) { event(EventKind::kExecutionEnd, ns); }
  void call(std::int64_t from, std::int64_t to, std::uint32_t function) {
    event(EventKind::kEnter, from, function);
    event(EventKind::kReturned, to);
  }
  Analysis analysis(Timestamp last) {
    writer_.close(last);
    return Analysis(TraceSet(file_.reader()), Filters{}, 1);
  }

  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
};

TEST_F(StatementViewTest, NamesAtMostFourFunctionsOfAStatement) {
  begin(100);
  for (std::uint32_t function = 0; function < 6; ++function)
    call(200 + 100 * function, 210 + 101 * function, function);
  end(1000);
  Analysis asked = analysis(from_ns(2000));
  const std::vector<Table> tables = statement_view(asked, {}).tables;
  EXPECT_EQ(tables.at(0).notes.at(0),
            (std::vector<std::string>{"SELECT a",
                                      "in function 5 15 ns, function 4 14 ns, function 3 13 ns, "
                                      "function 2 12 ns, …"}));
  EXPECT_EQ(tables.at(1).rows.size(), 6u);
}

// Calls last up to 36 years, and twenty of them more than a number holds.
TEST_F(StatementViewTest, StaysAtTheLargestNumber) {
  constexpr std::int64_t kLongest = (std::int64_t{1} << 60) - 1;
  begin(0);
  for (int i = 0; i < 20; ++i)
    event(EventKind::kEnter, 1);
  for (int i = 0; i < 20; ++i)
    event(EventKind::kReturned, kLongest);
  end(kLongest);
  Analysis asked = analysis(from_ns(kLongest));
  const Table functions = statement_view(asked, {}).tables.at(1);
  ASSERT_EQ(functions.rows.size(), 1u);
  EXPECT_EQ(functions.columns.at(3).key, "total_ns");
  EXPECT_EQ(functions.rows[0].at(3), kLargest);
  const Table of_execution = slow_view(asked, {5}).tables.at(1);
  ASSERT_EQ(of_execution.rows.size(), 1u);
  EXPECT_EQ(of_execution.columns.at(3).key, "total_ns");
  EXPECT_EQ(of_execution.rows[0].at(3), kLargest);
}

}  // namespace
}  // namespace pgrec

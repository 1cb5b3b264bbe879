// Covers analyze/report/by_pid_view.h and analyze/report/noted_tables.h: who the processes were, in
// which order they are, and which functions nobody called.
#include "analyze/report/by_pid_view.h"

#include <gtest/gtest.h>

#include <sstream>

#include "analyze/report/noted_tables.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

const SqlValue kNull{};

SqlValue number(std::int64_t value) {
  return value;
}

class ByPidViewTest : public testing::Test {
 protected:
  void call(std::uint32_t pid, std::int64_t from, std::int64_t ns) {
    Event events[2];
    events[0].function = FunctionId{1};
    events[0].ts = from_ns(from);
    events[1].kind = EventKind::kReturned;
    events[1].ts = from_ns(from + ns);
    writer_.append({pid, pid}, events);
  }
  NotedTables view(const Filters& filters = {}) {
    writer_.close(from_ns(10'000'000'000));
    Analysis analysis({file_.path()}, filters, 2);
    return by_pid_view(analysis, Percentiles::kExact);
  }

  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
};

TEST_F(ByPidViewTest, ProcessesOfOnePidHaveRowsOfTheirOwn) {
  writer_.write(std::vector<Process>{
      {8, "postgres: alice shop [local] idle", "psql", from_ns(0), from_ns(1'000'000'000)},
      {8, "postgres: parallel worker for PID 7", "", from_ns(5'000'000'000), std::nullopt}});
  call(8, 100, 10);
  call(8, 6'000'000'000, 20);
  call(9, 100, 10);
  const NotedTables found = view();
  ASSERT_EQ(found.tables.size(), 1u);
  const Table& table = found.tables[0];
  ASSERT_EQ(table.rows.size(), 3u);
  const auto who = [&](std::size_t row) {
    const auto& cells = table.rows[row];
    return std::vector<SqlValue>(cells.begin(), cells.begin() + 10);
  };
  EXPECT_EQ(who(0), (std::vector<SqlValue>{kNull, number(8), "worker of 7", "parallel worker",
                                           kNull, kNull, kNull, kNull, number(7), "function 1"}));
  EXPECT_EQ(who(1), (std::vector<SqlValue>{kNull, number(8), "alice@shop", "client backend", "shop",
                                           "alice", "[local]", "psql", kNull, "function 1"}));
  EXPECT_EQ(who(2), (std::vector<SqlValue>{kNull, number(9), kNull, kNull, kNull, kNull, kNull,
                                           kNull, kNull, "function 1"}));
  EXPECT_EQ(found.notes, "");
  std::ostringstream text;
  print(text, found.tables, OutputFormat::kText, {70});
  EXPECT_EQ(text.str(),
            "pid  who          function    calls  total   mean    p50    p99    max\n"
            "  8  worker of 7  function 1      1  20 ns  20 ns  20 ns  20 ns  20 ns\n"
            "  8  alice@shop   function 1      1  10 ns  10 ns  10 ns  10 ns  10 ns\n"
            "  9  -            function 1      1  10 ns  10 ns  10 ns  10 ns  10 ns\n"
            "not shown for want of width: client, application; --wide shows all\n");
}

TEST_F(ByPidViewTest, IsOfTheWantedCallsAndSaysOfWhatThereAreNone) {
  writer_.write(std::vector<Function>{{FunctionId{0}, Function::Role::kCalls, "f", "/p", "", 1},
                                      {FunctionId{1}, Function::Role::kCalls, "g", "/p", "", 2}});
  call(8, 100, 10);
  call(9, 100, 10);
  Filters filters;
  filters.pids = {9};
  const NotedTables found = view(filters);
  ASSERT_EQ(found.tables[0].rows.size(), 1u);
  EXPECT_EQ(found.tables[0].rows[0][1], number(9));
  EXPECT_EQ(found.notes, "no calls of: f\n");
}

}  // namespace
}  // namespace pgrec

// Covers the views of executions as they are printed, of a trace made by hand:
// analyze/report/view_result.h, function_rows.h, statement_view.h, slow_view.h, outlier_view.h,
// timeline_view.h, heat_map_view.h and transaction_view.h. What is in their tables:
// tests/unit/analyze/calls/execution_sums_test.cc and execution_times_test.cc.
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "analyze/report/function_rows.h"
#include "analyze/report/heat_map_view.h"
#include "analyze/report/outlier_view.h"
#include "analyze/report/slow_view.h"
#include "analyze/report/statement_view.h"
#include "analyze/report/timeline_view.h"
#include "analyze/report/transaction_view.h"
#include "analyze/report/view_result.h"
#include "format/postgres/execution_classes.h"
#include "tests/unit/append_event.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

// A transaction with an INSERT that takes 10 us and one that takes 400 us, 300 of them in
// heap_insert; it is idle for 100 us before its COMMIT. Then a SELECT that is open.
class ExecutionTablesTest : public testing::Test {
 protected:
  ExecutionTablesTest() {
    TraceWriter writer = file_.writer();
    writer.write(std::vector<Function>{
        {FunctionId{0}, Function::Role::kCalls, "heap_insert", "/p", "ab", 4096}});
    writer.write(execution_classes({true, true, true, true}));
    writer.write(std::vector<Process>{
        {7, "postgres: alice shop [local] idle", "psql", from_ns(-5'000'000'000), {}}});
    execution(writer, 0, 10'000, "BEGIN", 0, 0);
    idle(writer, 10'000);
    execution(writer, 20'000, 30'000, "INSERT INTO t VALUES (1)", 4, 2'000);
    idle(writer, 30'000);
    execution(writer, 100'000, 500'000, "INSERT INTO t VALUES (2)", 40, 300'000);
    idle(writer, 500'000);
    execution(writer, 600'000, 605'000, "COMMIT", 0, 0);
    begin(writer, 700'000, "SELECT 1");
    writer.close(from_ns(999'999));
  }

  static Event make(EventKind kind, std::int64_t ns, std::uint32_t number = 0) {
    Event event;
    event.kind = kind;
    event.ts = from_ns(ns);
    event.function = FunctionId{number};
    event.text = TextId{number};
    event.event_class = ClassId{number};
    return event;
  }
  static void append(TraceWriter& writer, const Event& event) {
    writer.append(kThread, std::span(&event, 1));
  }
  static void begin(TraceWriter& writer, std::int64_t ns, const std::string& text) {
    append(writer,
           make(EventKind::kExecutionBegin, ns, value(writer.text_id({{}, false, false, text}))));
  }
  static void idle(TraceWriter& writer, std::int64_t ns) {
    test::append(writer, kThread,
                 make(EventKind::kOfClass, ns, value(id_of(ExecutionClass::kIdleInTransaction))),
                 {std::uint64_t{0}});
  }
  static void execution(TraceWriter& writer, std::int64_t from, std::int64_t to,
                        const std::string& text, std::uint64_t hit, std::int64_t in_function) {
    begin(writer, from, text);
    if (in_function > 0) {
      append(writer, make(EventKind::kEnter, from + 1000));
      append(writer, make(EventKind::kReturned, from + 1000 + in_function));
    }
    ArgumentValues arguments{std::uint64_t{0}, std::uint64_t{500}, hit};
    for (int i = 0; i < 8; ++i)
      arguments.emplace_back(std::uint64_t{0});
    arguments.emplace_back(std::uint64_t{1});
    test::append(writer, kThread,
                 make(EventKind::kOfClass, to - 10, value(id_of(ExecutionClass::kCompleted))),
                 std::move(arguments));
    append(writer, make(EventKind::kExecutionEnd, to));
  }

  static std::string text_of(const ViewResult& view, OutputFormat format = OutputFormat::kText) {
    std::ostringstream out;
    print(out, view, format);
    return out.str();
  }
  Analysis analysis(const Filters& filters = {}) const { return {{file_.path()}, filters, 1}; }

  static constexpr ThreadKey kThread{7, 7};
  test::TraceFile file_;
};

TEST_F(ExecutionTablesTest, StatementsHaveTheirTextsAndFunctionsBelow) {
  Analysis asked = analysis();
  const ViewResult view = statement_view(asked, {});
  const Table& table = view.tables.at(0);
  ASSERT_EQ(table.rows.size(), 4u);
  EXPECT_EQ(table.notes.at(0),
            (std::vector<std::string>{"INSERT INTO t VALUES ($1)", "in heap_insert 302 us"}));
  EXPECT_EQ(text_of(view, OutputFormat::kCsv).substr(0, 40),
            "statement_id,executions,errors,total_ns,");
  EXPECT_EQ(text_of(view).substr(0, 34), "id  executions  errors    total   ");
}

TEST_F(ExecutionTablesTest, SlowOnesBeginWithTheirIds) {
  Analysis asked = analysis();
  EXPECT_EQ(text_of(slow_view(asked, {2})),
            "id      at  duration  outcome    pid  database  user   application  prepare  rows  "
            "calls  in probed\n"
            " 2  100 us    400 us  completed    7  shop      alice  psql          500 ns     1  "
            "    1     300 us\n"
            "    INSERT INTO t VALUES (2)\n"
            "    in heap_insert 300 us\n"
            " 4  700 us    300 us  open         7  shop      alice  psql               -     -  "
            "    -          -\n"
            "    SELECT 1\n");
  Filters filters;
  filters.threshold = "1s";
  Analysis none = analysis(filters);
  EXPECT_EQ(text_of(slow_view(none, {2})), "no executions of at least 1.00 s\n");
}

TEST_F(ExecutionTablesTest, OutliersStandSideBySide) {
  Analysis asked = analysis();
  EXPECT_EQ(text_of(outlier_view(asked)),
            "statement 2 (the most time): INSERT INTO t VALUES ($1)\n"
            "the slowest of 2 executions, 400 us, against the others\n"
            "\n"
            "time of an execution  slowest   others   ratio\n"
            "duration               400 us  10.0 us   40.00\n"
            "self of heap_insert    300 us  2.00 us  150.00\n"
            "prepared in            500 ns   500 ns    1.00\n"
            "\n"
            "of an execution       slowest  others  ratio\n"
            "shared hit              40.00    4.00  10.00\n"
            "calls of heap_insert     1.00    1.00   1.00\n"
            "rows                     1.00    1.00   1.00\n"
            "\n"
            "the slow ones began from 100 us to 100 us, in one process: 1 in pid 7\n"
            "the others began from 20.0 us to 20.0 us, in one process: 1 in pid 7\n");
}

TEST_F(ExecutionTablesTest, TimelineShowsTheIntervalsInWhichSomethingRan) {
  Analysis asked = analysis();
  EXPECT_EQ(text_of(timeline_view(asked, {.interval = "250us"})),
            "intervals of 250 us\n"
            "executions  █ ▆ \n"
            "p99         █ ▁ \n"
            "\n"
            "    at  executions  errors    total     mean      p50      p99      max  rows  calls\n"
            "  0 ns           3       0   420 us   140 us  10.0 us   400 us   400 us     3      2\n"
            "500 us           2       0  5.00 us  5.00 us  5.00 us  5.00 us  5.00 us     1      0\n"
            "\n"
            "nothing began in 2 of 4 intervals\n");
  EXPECT_EQ(timeline_view(asked, {.interval = "250us"}).tables.front().rows.size(), 4u);
  EXPECT_EQ(test::error_of([&] { timeline_view(asked, {.interval = "1ns"}); }),
            "--timeline: 1,000,000 intervals of 1 ns are too many / ask for longer ones, or for "
            "less time with --from and --to");
}

TEST_F(ExecutionTablesTest, ByWhatIsAskedFor) {
  Analysis asked = analysis();
  EXPECT_EQ(text_of(by_view(asked, "database"), OutputFormat::kCsv),
            "database,executions,errors,total_ns,share_percent,mean_ns,p50_ns,p99_ns,max_ns,rows\n"
            "shop,5,0,425000,100,106250,10000,400000,400000,4\n");
  EXPECT_EQ(by_view(asked, "500us").tables.at(0).rows.size(), 2u);
  EXPECT_EQ(test::error_of([&] { by_view(asked, "moon"); }),
            "--by: there is no 'moon' to count executions by / database, user, application, "
            "client, backend-type, or a time: second, minute, hour, 10s");
}

TEST_F(ExecutionTablesTest, HeatMapIsAPicture) {
  Analysis asked = analysis();
  EXPECT_EQ(text_of(heat_map_view(asked, {.calls = false, .width = 44})),
            "  262 us |  .                 | 1\n"
            "  131 us |                    | 0\n"
            " 65.5 us |                    | 0\n"
            " 32.8 us |                    | 0\n"
            " 16.4 us |                    | 0\n"
            " 8.19 us |@                   | 2\n"
            " 4.10 us |            .       | 1\n"
            "          0 ns         1.00 ms\n"
            "a column is 50.0 us; . 1 @ ≤2\n");
  EXPECT_EQ(text_of(heat_map_view(asked, {.calls = true, .width = 44}), OutputFormat::kCsv),
            "interval,from_ns,to_ns,count\n"
            "0,1024,2047,1\n"
            "100000,262144,524287,1\n");
}

TEST_F(ExecutionTablesTest, TransactionsGoFromBeginToCommit) {
  Analysis asked = analysis();
  EXPECT_EQ(text_of(transaction_view(asked, {})),
            "id    at  duration    idle  statements  errors  outcome    pid\n"
            " 0  0 ns    605 us  180 us           4       0  committed    7\n"
            "    first: BEGIN\n"
            "    last:  COMMIT\n"
            "\n"
            "1 transaction, together 605 us, of which 180 us idle\n");
}

}  // namespace
}  // namespace pgrec

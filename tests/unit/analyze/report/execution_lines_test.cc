// Covers analyze/report/execution_lines.h and execution_detail_view.h: the screen of one execution,
// and its rows.
#include "analyze/report/execution_lines.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "analyze/report/execution_detail_view.h"
#include "tests/unit/class_trace.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using test::ClassTrace;
using test::ProbeClass;

class ExecutionLines : public testing::Test {
 protected:
  std::string screen(std::size_t width, std::size_t limit = 60, std::uint64_t id = 0) {
    Analysis analysis({file_.path()}, {}, 1);
    std::ostringstream out;
    print_execution(out, analysis, execution_detail(analysis.set(), ExecutionId{id}, {}),
                    {width, limit});
    std::string text = out.str();
    const std::size_t path = text.find(file_.path());
    if (path != std::string::npos) text.replace(path, file_.path().size(), "FILE");
    return text;
  }
  // Characters of the longest line.
  static std::size_t longest_line(const std::string& screen) {
    std::istringstream in(screen);
    std::size_t longest = 0;
    for (std::string line; std::getline(in, line);)
      longest = std::max(longest, columns_of(line));
    return longest;
  }
  test::TraceFile file_;
};

void write(const std::string& path, const std::string& text = "INSERT INTO t VALUES (1)") {
  ClassTrace trace(path);
  trace.writer().write(std::vector<Process>{
      {7, "postgres: alice shop [local] INSERT", "psql", {}, {}, {}, "alice", "alice"}});
  trace.writer().write(std::vector<ClockSample>{{from_ns(0), 1'700'000'000'000'000'000}});
  trace.begin(text, 1000);
  trace.enter(21'000, 0);
  for (int i = 0; i < 3; ++i)
    trace.call(22'000 + 10'000 * i, 26'000 + 10'000 * i);
  trace.wait(ProbeClass::kWaitStart, 55'000, "WALWrite");
  trace.event(EventKind::kUnwound, 61'000);
  trace.hit(id_of(ExecutionClass::kFailed), 80'000,
            {std::uint64_t{9}, std::uint64_t{5000}, std::uint64_t{12}, std::uint64_t{2},
             std::uint64_t{0}, std::uint64_t{0}, std::uint64_t{0}, std::uint64_t{0},
             std::uint64_t{3}, std::uint64_t{1}, std::uint64_t{8192}, std::string("23505")});
  trace.end(101'000);
  trace.close(2'000'000);
}

TEST_F(ExecutionLines, AreTheExecutionAndItsCalls) {
  write(file_.path());
  EXPECT_EQ(screen(80),
            "execution 0\n"
            "  text       INSERT INTO t VALUES (1)\n"
            "  process    pid 7, client backend, database shop, user alice, application psql\n"
            "  began      0.000001000s, 2023-11-14T22:13:20.000001Z\n"
            "  took       100 us, prepared 5.00 us, ran 74.0 us, 0 ns in probed functions\n"
            "  outcome    error 23505\n"
            "  blocks     shared hit 12, shared read 2\n"
            "  WAL        3 records, 1 full page, 8.00 KiB\n"
            "  query id   9\n"
            "  trace      FILE\n"
            "\n"
            "     at us       took       self\n"
            "     0.000    20.0 us             ····                  not in a probed function\n"
            "    20.000   ≤40.0 us                 ░░░░░░░░          ExecutorRun, unwound\n"
            "    21.000    4.00 us    4.00 us      █                   heap_insert\n"
            "    31.000    4.00 us    4.00 us        █                 heap_insert\n"
            "    41.000    4.00 us    4.00 us          █               heap_insert\n"
            "    54.000                                  •             lwlock__wait__start: …\n"
            "    60.000    40.0 us                         ········  not in a probed function\n");
}

TEST_F(ExecutionLines, FitEveryWidth) {
  write(file_.path(), std::string(500, 'x'));
  for (const std::size_t width : {40u, 60u, 80u, 100u, 132u, 200u})
    EXPECT_LE(longest_line(screen(width)), width) << width;
  EXPECT_NE(screen(kAnyWidth).find(std::string(500, 'x') + "\n"), std::string::npos);
}

TEST_F(ExecutionLines, FoldWhatIsMany) {
  write(file_.path());
  const std::string text = screen(200, 6);
  EXPECT_NE(text.find("heap_insert × 3, longest 4.00 us\n"), std::string::npos) << text;
  EXPECT_NE(text.find("one line for calls of one function in a row; --limit 0 shows each\n"),
            std::string::npos)
      << text;
  EXPECT_NE(screen(200, 2).find("2 lines with the least time left out (--limit)\n"),
            std::string::npos);
}

TEST_F(ExecutionLines, StayLinesWhateverTheTextIs) {
  write(file_.path(), "SELECT '\x1b[2J\n\xff'");
  EXPECT_NE(screen(80).find("text       SELECT '\\x1B[2J \\xFF'\n"), std::string::npos)
      << screen(80);
}

TEST_F(ExecutionLines, SayWhatIsNoExecution) {
  {
    ClassTrace trace(file_.path());
    trace.begin("PREPARE", 0);
    trace.hit(id_of(ExecutionClass::kNotRun), 5, {});
    trace.end(10);
    trace.of(8);
    trace.begin("SELECT", 20);
    trace.of_leader(4711, 20);
    trace.end(30);
    trace.close(100);
  }
  EXPECT_EQ(screen(80, 60, 0).substr(0, 73),
            "preparation 0\n             no execution: the statement was only prepared\n");
  EXPECT_EQ(screen(80, 60, 1).substr(0, 53),
            "worker's run 1\n  of         an execution of pid 4711\n");
}

TEST_F(ExecutionLines, AreRowsWithEveryCall) {
  write(file_.path());
  Analysis analysis({file_.path()}, {}, 1);
  const auto tables =
      execution_detail_tables(analysis, execution_detail(analysis.set(), ExecutionId{0}, {}));
  ASSERT_EQ(tables.size(), 2u);
  ASSERT_EQ(tables[0].rows.size(), 7u);
  const SqlValue none;
  const auto number = [](std::int64_t value) { return SqlValue(value); };
  EXPECT_EQ(
      tables[0].rows[0],
      (std::vector<SqlValue>{"gap", none, none, number(0), number(0), number(1000), number(20'000),
                             none, none, none, none, number(7), number(7), number(0), none}));
  EXPECT_EQ(tables[0].rows[1],
            (std::vector<SqlValue>{"call", number(0), none, number(0), number(20'000),
                                   number(21'000), none, none, number(40'000), "ExecutorRun",
                                   "unwound", number(7), number(7), number(0), none}));
  EXPECT_EQ(tables[0].rows[2],
            (std::vector<SqlValue>{"call", number(1), number(0), number(1), number(21'000),
                                   number(22'000), number(4000), number(4000), none, "heap_insert",
                                   "returned", number(7), number(7), number(0), none}));
  EXPECT_EQ(
      tables[0].rows[5],
      (std::vector<SqlValue>{"event", none, number(0), number(1), number(54'000), number(55'000),
                             none, none, none, "usdt:lwlock__wait__start", none, number(7),
                             number(7), number(0), R"({"tranche": "WALWrite", "mode": 0})"}));
  EXPECT_EQ(tables[1].columns.size(), tables[1].rows.at(0).size());
  EXPECT_EQ(tables[1].rows[0][3], SqlValue("INSERT INTO t VALUES (1)"));
  EXPECT_EQ(tables[1].rows[0][8], SqlValue("shop"));
}

TEST(ExactTimes, AreReadBackAsTheyAre) {
  EXPECT_EQ(exact_time(from_ns(1'234'567'890)), "1.234567890s");
  EXPECT_EQ(exact_time(from_ns(0)), "0.000000000s");
  EXPECT_EQ(exact_time(from_ns(-5)), "-0.000000005s");
  EXPECT_EQ(exact_time(Timestamp::min()), "-9223372036.854775808s");
}

}  // namespace
}  // namespace pgrec

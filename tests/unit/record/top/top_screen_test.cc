// Covers record/top/top_screen.h: the screen as a whole, and how it fits.
#include "record/top/top_screen.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace pgrec {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class TopScreenTest : public testing::Test {
 protected:
  TopScreenTest() {
    snapshot_.server = "/usr/lib/postgresql/15/bin/postgres";
    snapshot_.version = "15.14";
    snapshot_.at = "2026-11-21T10:46:01Z";
    snapshot_.elapsed = seconds(12);
    snapshot_.interval = seconds(2);
    snapshot_.has_executions = snapshot_.has_functions = true;
    snapshot_.executions = 4000;
    snapshot_.calls = 9000;
    snapshot_.statements = {
        {"SELECT $1", 3900, 0, 0, milliseconds(300), Duration(76'923), milliseconds(2)},
        {"UPDATE t SET a = $1", 100, 1, 0, milliseconds(900), milliseconds(4), milliseconds(20)},
        {"VACUUM", 0, 1, 0, seconds(2), {}, {}}};
    snapshot_.functions = {
        {"heap_insert", 8000, milliseconds(40), milliseconds(30), Duration(5000), Duration(9000)},
        {"standard_ExecutorRun", 1000, milliseconds(50), milliseconds(20), Duration(50'000),
         Duration(90'000)},
        {"vacuum", 0, {}, {}, {}, {}}};
  }

  std::string screen() {
    std::string text;
    for (const std::string& line : top_lines(snapshot_, view_))
      text += line + "\n";
    return text;
  }
  // The first words of the tables' rows that begin or end with `what`, top to bottom.
  std::vector<std::string> order() {
    std::vector<std::string> names;
    for (const std::string& line : top_lines(snapshot_, view_)) {
      for (const char* name :
           {"SELECT $1", "UPDATE t SET a = $1", "VACUUM", "heap_insert", "standard_ExecutorRun"}) {
        if (line.ends_with(name)) names.emplace_back(name);
      }
    }
    return names;
  }

  TopSnapshot snapshot_;
  TopView view_;
};

using Names = std::vector<std::string>;

TEST_F(TopScreenTest, ShowsStatementsAndFunctionsByTime) {
  EXPECT_EQ(screen(), R"(/usr/lib/postgresql/15/bin/postgres, PostgreSQL 15.14
2026-11-21T10:46:01Z, 12.0 s so far
2,000 executions/s, 4,500 calls/s, 0 events lost

executions  running     time    share     mean      max  statement
         0        1   2.00 s  100.0 %        -        -  VACUUM
       100        1   900 ms   45.0 %  4.00 ms  20.0 ms  UPDATE t SET a = $1
     3,900        0   300 ms   15.0 %  76.9 us  2.00 ms  SELECT $1

     calls    total     self     mean      p99  function
     1,000  50.0 ms  20.0 ms  50.0 us  90.0 us  standard_ExecutorRun
     8,000  40.0 ms  30.0 ms  5.00 us  9.00 us  heap_insert
0 calls: vacuum
)");
}

TEST_F(TopScreenTest, SortsByCountAndByMean) {
  view_.sort = next(view_.sort);
  EXPECT_EQ(order(), (Names{"SELECT $1", "UPDATE t SET a = $1", "VACUUM", "heap_insert",
                            "standard_ExecutorRun"}));
  view_.sort = next(view_.sort);
  EXPECT_EQ(order(), (Names{"UPDATE t SET a = $1", "SELECT $1", "VACUUM", "standard_ExecutorRun",
                            "heap_insert"}));
  EXPECT_EQ(next(view_.sort), TopSort::kTime);
}

TEST_F(TopScreenTest, ShowsErrorsWhereTheyAreKnown) {
  snapshot_.has_errors = true;
  snapshot_.statements[1].errors = 7;
  const std::string text = screen();
  EXPECT_NE(text.find("      max  errors  statement\n"), text.npos) << text;
  EXPECT_NE(text.find("  20.0 ms       7  UPDATE t SET a = $1\n"), text.npos) << text;
}

TEST_F(TopScreenTest, ShowsFunctionsOnlyWhereThereAreNoExecutions) {
  snapshot_.has_executions = false;
  snapshot_.version.clear();
  const std::string text = screen();
  EXPECT_EQ(text.find("executions"), text.npos) << text;
  EXPECT_NE(text.find("\n4,500 calls/s, 0 events lost\n"), text.npos) << text;
}

TEST_F(TopScreenTest, ShowsStatementsOnlyWhereNoFunctionsWereNamed) {
  snapshot_.has_functions = false;
  snapshot_.functions.clear();
  const std::string text = screen();
  EXPECT_EQ(text.find("calls"), text.npos) << text;
  EXPECT_NE(text.find("\n2,000 executions/s, 0 events lost\n"), text.npos) << text;
}

TEST_F(TopScreenTest, TellsLossesCostAndNotes) {
  snapshot_.lost_events = 12;
  snapshot_.all_lost_events = 1512;
  snapshot_.cost = "1.00 to 2.10 ms, 3,000 calls at 333 to 699 ns";
  snapshot_.notes = {"replaced while recording, and probed too: postgres"};
  const std::string text = screen();
  EXPECT_NE(text.find(", 12 events lost (1,512 so far)\n"
                      "cost 1.00 to 2.10 ms, 3,000 calls at 333 to 699 ns\n"
                      "replaced while recording, and probed too: postgres\n"),
            text.npos)
      << text;
}

TEST_F(TopScreenTest, FitsInTheRowsAndColumnsThereAre) {
  for (int i = 0; i < 50; ++i) {
    snapshot_.statements.push_back(snapshot_.statements[0]);
    snapshot_.functions.push_back(snapshot_.functions[0]);
  }
  view_.keys = true;
  for (view_.rows = 1; view_.rows < 130; ++view_.rows) {
    for (view_.columns = 1; view_.columns < 100; view_.columns += 7) {
      const auto lines = top_lines(snapshot_, view_);
      EXPECT_LE(lines.size(), view_.rows);
      EXPECT_TRUE(std::all_of(lines.begin(), lines.end(), [&](const std::string& line) {
        return line.size() <= view_.columns;
      })) << view_.columns;
    }
  }
}

TEST_F(TopScreenTest, LeavesRoomForBothTables) {
  for (int i = 0; i < 50; ++i) {
    snapshot_.statements.push_back(snapshot_.statements[0]);
    snapshot_.functions.push_back(snapshot_.functions[0]);
  }
  view_.rows = 24;
  view_.columns = 80;
  const Names shown = order();
  EXPECT_GE(std::count(shown.begin(), shown.end(), "SELECT $1"), 6);
  EXPECT_GE(std::count(shown.begin(), shown.end(), "heap_insert"), 3);
}

TEST_F(TopScreenTest, SaysHowManyStatementsItLeavesOut) {
  for (int i = 0; i < 50; ++i)
    snapshot_.statements.push_back(snapshot_.statements[0]);
  const std::string text = screen();
  EXPECT_NE(text.find("\nand 33 more statements\n"), text.npos) << text;
}

TEST_F(TopScreenTest, ShowsTheKeysWhereThereIsSomebodyToPressThem) {
  view_.keys = true;
  std::string text = screen();
  EXPECT_NE(text.find("\nq quit   s sort (by time)   p pause\n"), text.npos) << text;
  view_.paused = true;
  text = screen();
  EXPECT_NE(text.find("s so far, paused\n"), text.npos) << text;
  EXPECT_NE(text.find("p go on\n"), text.npos) << text;
}

TEST_F(TopScreenTest, HasNothingThatATerminalActsOn) {
  snapshot_.server = "/a\033[2Jb\n";
  snapshot_.notes = {"\x07"};
  snapshot_.statements = {
      {"  SELECT\n\t1\x7f, \xff ", 1, 0, 0, seconds(1), seconds(1), seconds(1)}};
  snapshot_.functions = {{"f\xc2\x9b", 1, {}, {}, {}, {}}, {"g\r", 0, {}, {}, {}, {}}};
  const std::vector<std::string> lines = top_lines(snapshot_, view_);
  EXPECT_EQ(lines[0], "/a\\x1B[2Jb\\n, PostgreSQL 15.14");
  EXPECT_TRUE(std::count(lines.begin(), lines.end(), "\\x07"));
  EXPECT_TRUE(screen().find("  SELECT 1\\x7F, \\xFF\n") != std::string::npos);
  EXPECT_TRUE(screen().find("  f\\u009B\n") != std::string::npos);
  EXPECT_EQ(lines.back(), "0 calls: g\\r");
}

TEST(CutText, CountsCharacters) {
  EXPECT_EQ(cut_text("abcdef", 6), "abcdef");
  EXPECT_EQ(cut_text("abcdefg", 6), "abc...");
  EXPECT_EQ(cut_text("\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc", 4), "\xc3\xbc...");
  EXPECT_EQ(cut_text("abcdef", 2), "..");
  EXPECT_EQ(cut_text("", 2), "");
}

}  // namespace
}  // namespace pgrec

// Covers analyze/report/summary_view.h: rows of functions and statements of which little is known. Whole
// screens: tests/golden/analyze.golden.
#include "analyze/report/summary_view.h"

#include <gtest/gtest.h>

#include <sstream>

#include "analyze/sql/importer.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

const SqlValue kNull{};

SqlValue number(std::int64_t value) {
  return value;
}

class ViewsTest : public testing::Test {
 protected:
  // Runs of a text, `count` of them, one after the other.
  void run(const Text& text, int count) {
    for (int i = 0; i < count; ++i) {
      event(EventKind::kExecutionBegin, writer_.text_id(text));
      now_ += Duration(100);
      event(EventKind::kExecutionEnd);
    }
  }
  TraceReader& closed() {
    writer_.close(now_);
    return trace_.emplace(file_.path());
  }
  Table statements() {
    import_trace(closed(), database_, ImportScope::kFunctionTimes);
    return summary_view({}, database_).at(1);
  }

  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
  Database database_;
  Timestamp now_{};

 private:
  void event(EventKind kind, TextId text = {}) {
    const Event event{kind, {}, text, now_, {}};
    writer_.append({7, 7}, std::span(&event, 1));
  }
  std::optional<TraceReader> trace_;
};

TEST_F(ViewsTest, HeadlineSaysWhatIsNotKnown) {
  const TraceReader& trace = closed();
  const std::string text = trace_headline(trace);
  EXPECT_EQ(text.substr(text.find('\n')),
            "\nserver: unknown\n"
            "host:   unknown, Linux unknown, unknown CPUs\n"
            "lost:   0 events\n");
}

TEST_F(ViewsTest, HeadlineHasTheFactsOfTheTrace) {
  now_ = from_ns(1'500'000'000);
  writer_.write(Metadata{{"recorded.at", "2026-03-01T12:30:05Z"},
                         {"server.binary", "/bin/postgres"},
                         {"server.version", "15.4"},
                         {"host.name", "db"},
                         {"host.kernel", "6.1"},
                         {"host.cpus", "4"},
                         {"events.missed", "3"}});
  const std::string text = trace_headline(closed());
  EXPECT_EQ(text.substr(text.find(", ")),
            ", 1.50 s from 2026-03-01T12:30:05Z\n"
            "server: /bin/postgres, PostgreSQL 15.4\n"
            "host:   db, Linux 6.1, 4 CPUs\n"
            "lost:   0 events; missed hits: 3\n");
}

TEST_F(ViewsTest, FunctionsOfWhichNoCallReturnedHaveNoTimes) {
  FunctionFigures figures;
  figures.name = "f";
  figures.profile.calls = 3;
  import_trace(closed(), database_, ImportScope::kFunctionTimes);
  const auto row = summary_view({figures}, database_).at(0).rows.at(0);
  EXPECT_EQ(row, (std::vector<SqlValue>{"f", number(3), number(3), kNull, number(0), number(0),
                                        kNull, kNull, kNull, kNull, kNull, kNull, kNull}));
}

TEST_F(ViewsTest, FunctionsHaveBoundsOfWhatIsNotKnown) {
  FunctionFigures figures;
  figures.name = "f";
  figures.id = FunctionId{1};
  figures.profile.calls = 3;
  figures.profile.returned = figures.profile.short_calls = 2;
  figures.profile.self = Duration(40);
  figures.profile.max = Duration(50);
  figures.profile.self_known = figures.profile.max_known = false;
  import_trace(closed(), database_, ImportScope::kFunctionTimes);
  database_.execute("INSERT INTO functions (function_id, name, at_most_ns) VALUES (1, 'f', 90)");
  const Table table = summary_view({figures}, database_).at(0);
  std::ostringstream people, csv;
  print(people, {table}, OutputFormat::kText);
  print(csv, {table}, OutputFormat::kCsv);
  EXPECT_EQ(
      people.str(),
      "function  calls  not returned  they took  total    self  mean   p50   p90   p99     max\n"
      "f             3             1     \u226490 ns   0 ns  \u226440 ns  0 ns  0 ns  0 ns  0 ns  "
      "\u226450 ns\n");
  EXPECT_EQ(
      csv.str(),
      "function,calls,not_returned,not_returned_at_most_ns,total_ns,self_ns,mean_ns,p50_ns,p90_ns,"
      "p99_ns,max_ns,self_at_most_ns,max_at_most_ns\n"
      "f,3,1,90,0,,0,0,0,0,,40,50\n");
}

// Damage may leave more returns than calls.
TEST_F(ViewsTest, FunctionsHaveNoNegativeNumberOfCallsThatDidNotReturn) {
  FunctionFigures figures;
  figures.profile.calls = 1;
  figures.profile.returned = 2;
  import_trace(closed(), database_, ImportScope::kFunctionTimes);
  EXPECT_EQ(summary_view({figures}, database_).at(0).rows.at(0).at(2), number(0));
}

TEST_F(ViewsTest, StatementsAreTheTenThatTookTheMostTime) {
  for (int i = 1; i <= 12; ++i)
    run(Text{{}, false, false, "SELECT a" + std::to_string(i)}, i);
  const Table table = statements();
  ASSERT_EQ(table.rows.size(), 10u);
  EXPECT_EQ(table.rows.front().back(), SqlValue("SELECT a12"));
  EXPECT_EQ(table.rows.front().at(2), number(1200));
  EXPECT_EQ(table.rows.back().back(), SqlValue("SELECT a3"));
}

TEST_F(ViewsTest, StatementsWithoutATextAreNamedBelowTheirRows) {
  run(Text{{}, false, false, "", true, false, 9, 0x77}, 2);
  run(Text{{}, false, false, "SELECT 1"}, 1);
  const Table table = statements();
  ASSERT_EQ(table.notes.size(), 2u);
  EXPECT_EQ(table.notes[0], std::vector<std::string>{"fingerprint 0000000000000077"});
  EXPECT_TRUE(table.notes[1].empty());
}

}  // namespace
}  // namespace pgrec

// Covers analyze/report/summary_view.h and analyze/calls/unreturned_calls.h: rows of functions and
// statements of which little is known. Whole screens: tests/golden/analyze.golden.
#include "analyze/report/summary_view.h"

#include <gtest/gtest.h>

#include <sstream>

#include "analyze/calls/unreturned_calls.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

const SqlValue kNothing{};

SqlValue integer(std::int64_t value) {
  return value;
}

class SummaryViewTest : public testing::Test {
 protected:
  // Runs of a text, `count` of them, one after the other.
  void run(const Text& text, int count) {
    for (int i = 0; i < count; ++i) {
      event(EventKind::kExecutionBegin, writer_.text_id(text));
      now_ += Duration(100);
      event(EventKind::kExecutionEnd);
    }
  }
  void enter(std::uint32_t function) { event(EventKind::kEnter, {}, FunctionId{function}); }
  TraceReader closed() {
    writer_.close(now_);
    return file_.reader();
  }
  // Functions, then statements.
  std::vector<Table> tables() {
    Analysis analysis(TraceSet(closed()), Filters{}, 1);
    return summary_view(analysis, Percentiles::kExact, {}).tables;
  }
  Table statements() { return tables().at(1); }

  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
  Timestamp now_{};

  void event(EventKind kind, TextId text = {}, FunctionId function = {}) {
    const Event event{kind, function, text, now_, {}};
    writer_.append({7, 7}, std::span(&event, 1));
  }
};

TEST_F(SummaryViewTest, HeadlineSaysWhatIsNotKnown) {
  const std::string text = trace_headline(closed());
  EXPECT_EQ(text.substr(text.find('\n')),
            "\nserver: unknown\n"
            "host:   unknown, Linux unknown, unknown CPUs\n"
            "lost:   0 events\n");
}

TEST_F(SummaryViewTest, HeadlineHasTheFactsOfTheTrace) {
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

TEST_F(SummaryViewTest, FunctionsOfWhichNoCallReturnedHaveNoTimes) {
  writer_.write(std::vector<Function>{{FunctionId{0}, Function::Role::kCalls, "f", "/p", "", 1}});
  for (int i = 0; i < 3; ++i)
    enter(0);
  const auto row = tables().at(0).rows.at(0);
  EXPECT_EQ(row, (std::vector<SqlValue>{"f", integer(3), integer(3), kNothing, integer(0),
                                        integer(0), kNothing, kNothing, kNothing, kNothing,
                                        kNothing, kNothing, kNothing}));
}

// Two calls were short, and were filtered; one was jumped past.
TEST_F(SummaryViewTest, FunctionsHaveBoundsOfWhatIsNotKnown) {
  writer_.write(Metadata{{"record.min_duration_ns", "50"}});
  writer_.write(std::vector<Function>{{FunctionId{1}, Function::Role::kCalls, "f", "/p", "", 1}});
  Account account{FunctionId{1}, 0, 0, 0, {}};
  for (const std::int64_t ns : {20, 20})
    account.short_calls.add(Duration(ns));
  writer_.write(std::vector<Account>{account});
  enter(1);
  now_ += Duration(90);
  event(EventKind::kUnwound);
  const Table table = tables().at(0);
  std::ostringstream people, csv;
  print(people, {table}, OutputFormat::kText);
  print(csv, {table}, OutputFormat::kCsv);
  EXPECT_EQ(
      people.str(),
      "function  calls  not returned  they took  total    self   mean    p50    p90    p99     "
      "max\n"
      "f             3             1     \u226490 ns  40 ns  \u226440 ns  20 ns  20 ns  20 ns  20 "
      "ns  "
      "\u226420 ns\n");
  EXPECT_EQ(
      csv.str(),
      "function,calls,not_returned,not_returned_at_most_ns,total_ns,self_ns,mean_ns,p50_ns,p90_ns,"
      "p99_ns,max_ns,self_at_most_ns,max_at_most_ns\n"
      "f,3,1,90,40,,20,20,20,20,,40,20\n");
}

TEST_F(SummaryViewTest, BoundsAreOfTheWantedCalls) {
  enter(1);
  now_ += Duration(30);
  event(EventKind::kUnwound);
  enter(2);
  now_ += Duration(5);
  event(EventKind::kReturned);
  writer_.cut();
  enter(1);
  now_ += Duration(70);
  event(EventKind::kUnwound);
  TraceSet set(closed());
  const std::map<FunctionId, Duration> all{{FunctionId{1}, Duration(100)}};
  EXPECT_EQ(unreturned_calls(set, {}, {}), all);
  CallSelection late;
  late.range.from = from_ns(35);
  const std::map<FunctionId, Duration> last{{FunctionId{1}, Duration(70)}};
  EXPECT_EQ(unreturned_calls(set, late, {}), last);
}

TEST_F(SummaryViewTest, StatementsAreTheTenThatTookTheMostTime) {
  for (int i = 1; i <= 12; ++i)
    run(Text{{}, false, false, "SELECT a" + std::to_string(i)}, i);
  const Table table = statements();
  ASSERT_EQ(table.rows.size(), 10u);
  EXPECT_EQ(table.rows.front().back(), SqlValue("SELECT a12"));
  EXPECT_EQ(table.rows.front().at(3), integer(1200));
  EXPECT_EQ(table.rows.back().back(), SqlValue("SELECT a3"));
}

TEST_F(SummaryViewTest, StatementsWithoutATextAreNamedBelowTheirRows) {
  run(Text{{}, false, false, "", true, false, 9, 0x77}, 2);
  run(Text{{}, false, false, "SELECT 1"}, 1);
  const Table table = statements();
  ASSERT_EQ(table.notes.size(), 2u);
  EXPECT_EQ(table.notes[0], std::vector<std::string>{"fingerprint 0000000000000077"});
  EXPECT_TRUE(table.notes[1].empty());
}

}  // namespace
}  // namespace pgrec

// Covers analyze/report/events_view.h: events of classes as rows.
#include "analyze/report/events_view.h"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/unit/class_trace.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using test::ClassTrace;
using test::ProbeClass;

class EventsView : public testing::Test {
 protected:
  EventsView() {
    ClassTrace trace(file_.path());
    trace.begin("COMMIT", 50);
    trace.wait(ProbeClass::kWaitStart, 100, "WALWrite");
    trace.wait(ProbeClass::kWaitDone, 2'000'100, "WALWrite");
    trace.end(2'000'200);
    trace.cut();
    trace.wait(ProbeClass::kWaitStart, 3'000'000, "WALWrite");
    trace.wait(ProbeClass::kWaitDone, 4'000'000, "WALWrite");
    trace.hit(ProbeClass::kSwitch, 4'500'000);
    trace.wait(ProbeClass::kWaitStart, 5'000'000, "BufferIO", 1);
    trace.close(6'000'000);
  }
  static std::string text(const std::vector<Table>& tables) {
    std::ostringstream out;
    print(out, tables, OutputFormat::kText);
    return out.str();
  }
  test::TraceFile file_;
};

TEST_F(EventsView, SayWhatIsWaitedFor) {
  Analysis analysis({file_.path()}, {}, 1);
  const auto tables = events_view(analysis);
  ASSERT_EQ(tables.size(), 1u);
  const auto& rows = tables[0].rows;
  ASSERT_EQ(rows.size(), 3u);
  const SqlValue none;
  const auto number = [](std::int64_t value) { return SqlValue(value); };
  EXPECT_EQ(rows[0], (std::vector<SqlValue>{
                         "lwlock__wait", "WALWrite exclusive", number(2), number(3'000'000),
                         number(1'500'000), number(999'424), number(1'998'848), number(2'000'000),
                         number(2), none, none, number(100), number(3'000'000),
                         "usdt:lwlock__wait__start", R"({"tranche": "WALWrite", "mode": 0})"}));
  EXPECT_EQ(rows[2][0], SqlValue("wal__switch"));
  EXPECT_EQ(rows[2][8], none);
  EXPECT_EQ(rows[1][9], number(1));
  EXPECT_EQ(text(tables).substr(0, 7), "events\n");
}

TEST_F(EventsView, ListEachInOrderOfTime) {
  Analysis analysis({file_.path()}, {}, 1);
  const auto rows = event_list_view(analysis).at(0).rows;
  ASSERT_EQ(rows.size(), 6u);
  const SqlValue none;
  const auto number = [](std::int64_t value) { return SqlValue(value); };
  EXPECT_EQ(rows[0],
            (std::vector<SqlValue>{
                "0.000000100s", number(7), number(2'000'000), "lwlock__wait__start", number(0),
                "tranche WALWrite, mode exclusive", number(100), number(7),
                "usdt:lwlock__wait__start", R"({"tranche": "WALWrite", "mode": 0})", number(1)}));
  EXPECT_EQ(rows[5][2], none);
}

TEST_F(EventsView, ListTheFirst) {
  Analysis analysis({file_.path()}, {}, 1);
  const auto tables = event_list_view(analysis, 2);
  EXPECT_EQ(tables.at(0).rows.size(), 2u);
  EXPECT_EQ(tables.at(0).title, "events: the first 2 of 6");
  EXPECT_EQ(event_list_view(analysis, 0).at(0).rows.size(), 0u);
}

}  // namespace
}  // namespace pgrec

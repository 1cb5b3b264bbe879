// Covers analyze/calls/event_groups.h: what events come to, by the values that tell them apart.
#include "analyze/calls/event_groups.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/unit/class_trace.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using test::ClassTrace;
using test::ProbeClass;

class EventGroupsTest : public testing::Test {
 protected:
  EventGroupsTest() {
    ClassTrace trace(file_.path());
    for (int i = 0; i < 3; ++i) {
      trace.wait(ProbeClass::kWaitStart, 100 + 1000 * i, "WALWrite");
      trace.wait(ProbeClass::kWaitDone, 120 + 1010 * i, "WALWrite");
    }
    trace.wait(ProbeClass::kWaitStart, 5000, "WALWrite", 1);
    trace.wait(ProbeClass::kWaitDone, 5100, "WALWrite", 1);
    trace.wait(ProbeClass::kWaitDone, 5200, "BufferIO");
    trace.wait(ProbeClass::kWaitStart, 5300, "BufferIO");
    trace.hit(ProbeClass::kSwitch, 5400);
    trace.hit(ProbeClass::kSwitch, 5500);
    trace.close(6000);
  }
  std::string rows(std::size_t most) const {
    TraceSet set(file_.reader());
    std::string text;
    for (const EventGroup& one : group_events(set, {}, {}, most)) {
      text += fmt::format("{}[{}]{} hits={} done={} total={} max={} -{} +{}\n", one.name, one.what,
                          one.is_rest ? " rest" : "", one.hits, one.done, one.total.count(),
                          one.longest.count(), one.unended, one.unstarted);
    }
    return text;
  }
  test::TraceFile file_;
};

TEST_F(EventGroupsTest, AddUpByTheValuesOfTheirTexts) {
  EXPECT_EQ(rows(10),
            "usdt:lwlock__wait[WALWrite shared] hits=1 done=1 total=100 max=100 -0 +0\n"
            "usdt:lwlock__wait[WALWrite exclusive] hits=3 done=3 total=90 max=40 -0 +0\n"
            "usdt:wal__switch[] hits=2 done=0 total=0 max=0 -0 +0\n"
            "usdt:lwlock__wait[BufferIO exclusive] hits=1 done=0 total=0 max=0 -1 +1\n");
}

TEST_F(EventGroupsTest, ThatFindNoRoomAreOneForEachName) {
  EXPECT_EQ(rows(1),
            "usdt:lwlock__wait[] rest hits=2 done=1 total=100 max=100 -1 +1\n"
            "usdt:lwlock__wait[WALWrite exclusive] hits=3 done=3 total=90 max=40 -0 +0\n"
            "usdt:wal__switch[] rest hits=2 done=0 total=0 max=0 -0 +0\n");
}

TEST_F(EventGroupsTest, HavePercentilesOfWhatWasDone) {
  TraceSet set(file_.reader());
  const auto groups = group_events(set, {}, {});
  ASSERT_EQ(groups.size(), 4u);
  EXPECT_EQ(groups[1].percentile(50), Duration(30));
  EXPECT_EQ(groups[1].percentile(1), Duration(20));
  EXPECT_EQ(groups[1].percentile(99), Duration(40));
  EXPECT_EQ(groups[2].percentile(50), std::nullopt);
  EXPECT_EQ(groups[1].first, from_ns(100));
  EXPECT_EQ(groups[1].last, from_ns(2100));
  EXPECT_EQ(groups[1].class_name, "usdt:lwlock__wait__start");
  EXPECT_EQ(groups[1].arguments, R"({"tranche": "WALWrite", "mode": 0})");
}

}  // namespace
}  // namespace pgrec

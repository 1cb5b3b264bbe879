// Covers analyze/report/waterfall.h: which lines an execution becomes, and how they are folded.
#include "analyze/report/waterfall.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/unit/class_trace.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using test::ClassTrace;
using test::ProbeClass;

class WaterfallTest : public testing::Test {
 protected:
  Waterfall make(std::size_t limit) const {
    TraceSet set(file_.reader());
    return waterfall(set, execution_detail(set, ExecutionId{0}, {}), limit);
  }
  std::string text(std::size_t limit) const {
    const Waterfall all = make(limit);
    std::string text;
    for (const WaterfallLine& line : all.lines) {
      const char* const names[] = {"", "!", "gap", "worker "};
      text += std::string(line.depth, '.') + names[static_cast<int>(line.kind)] + line.name;
      if (line.count > 1) text += fmt::format(" x{}", line.count);
      text += fmt::format(" {}-{} {}", to_ns(line.from), to_ns(line.to), line.total.count());
      if (!line.arguments.empty()) text += " (" + line.arguments + ")";
      if (line.not_returned > 0) text += fmt::format(" not={}", line.not_returned);
      text += "\n";
    }
    if (all.left_out > 0) text += fmt::format("left out {}\n", all.left_out);
    return text;
  }
  test::TraceFile file_;
};

// Two runs of inserts in one call, and one insert behind it.
void write_waterfall(const std::string& path) {
  ClassTrace trace(path);
  trace.begin("INSERT", 0);
  trace.enter(100, 0);
  for (int i = 0; i < 4; ++i) {
    if (i == 2) trace.wait(ProbeClass::kWaitStart, 300, "WALWrite");
    trace.call(200 + 60 * i, 210 + 60 * i + i);
  }
  trace.leave(500);
  trace.call(500, 505);
  trace.enter(900, 1);
  trace.event(EventKind::kUnwound, 950);
  trace.end(1000);
  trace.close(2000);
}

TEST_F(WaterfallTest, HasEachCallWhereThatIsFew) {
  write_waterfall(file_.path());
  const std::string all =
      "gap 0-100 100\n"
      "ExecutorRun 100-500 400\n"
      ".heap_insert 200-210 10\n"
      ".heap_insert 260-271 11\n"
      ".!usdt:lwlock__wait__start 300-300 0 (tranche WALWrite, mode exclusive)\n"
      ".heap_insert 320-332 12\n"
      ".heap_insert 380-393 13\n"
      "heap_insert 500-505 5\n"
      "gap 505-900 395\n"
      "heap_insert 900-950 0 not=1\n"
      "gap 950-1000 50\n";
  EXPECT_EQ(text(0), all);
  EXPECT_EQ(text(11), all);
  EXPECT_EQ(make(11).folding, Waterfall::Folding::kNothing);
}

TEST_F(WaterfallTest, FoldsRunsFirst) {
  write_waterfall(file_.path());
  EXPECT_EQ(text(10),
            "gap 0-100 100\n"
            "ExecutorRun 100-500 400\n"
            ".heap_insert x2 200-271 21\n"
            ".!usdt:lwlock__wait__start 300-300 0 (tranche WALWrite, mode exclusive)\n"
            ".heap_insert x2 320-393 25\n"
            "heap_insert 500-505 5\n"
            "gap 505-900 395\n"
            "heap_insert 900-950 0 not=1\n"
            "gap 950-1000 50\n");
  EXPECT_EQ(make(10).folding, Waterfall::Folding::kRuns);
}

TEST_F(WaterfallTest, FoldsAllOfAFunctionThen) {
  write_waterfall(file_.path());
  EXPECT_EQ(text(8),
            "ExecutorRun 100-500 400\n"
            ".heap_insert x4 200-393 46\n"
            ".!usdt:lwlock__wait__start 300-300 0 (tranche WALWrite, mode exclusive)\n"
            "heap_insert x2 500-950 5 not=1\n"
            "gap x3 0-1000 545\n");
  EXPECT_EQ(make(8).folding, Waterfall::Folding::kFunctions);
}

TEST_F(WaterfallTest, LeavesOutWhatTookLeast) {
  write_waterfall(file_.path());
  EXPECT_EQ(text(3),
            "ExecutorRun 100-500 400\n"
            "heap_insert x2 500-950 5 not=1\n"
            "gap x3 0-1000 545\n"
            "left out 2\n");
}

TEST_F(WaterfallTest, TellsOfNoSmallGaps) {
  {
    ClassTrace trace(file_.path());
    trace.begin("SELECT", 0);
    trace.call(9, 500);
    trace.call(509, 991);
    trace.end(1000);
    trace.close(2000);
  }
  EXPECT_EQ(text(0), "heap_insert 9-500 491\nheap_insert 509-991 482\n");
}

TEST_F(WaterfallTest, IsOneGapWithoutCalls) {
  {
    ClassTrace trace(file_.path());
    trace.begin("SELECT", 0);
    trace.end(1000);
    trace.close(2000);
  }
  EXPECT_EQ(text(60), "gap 0-1000 1000\n");
}

TEST_F(WaterfallTest, ClaimsNoGapBehindWhatMayGoOn) {
  {
    ClassTrace trace(file_.path());
    trace.begin("SELECT", 0);
    trace.enter(0, 0);
    trace.event(EventKind::kHeadless, 500, 1);
    trace.close(1000);
  }
  EXPECT_EQ(text(60), "ExecutorRun 0-1000 0 not=1\n.heap_insert 500-500 0 not=1\n");
}

TEST_F(WaterfallTest, HasWorkersBesideTheirLeader) {
  {
    ClassTrace trace(file_.path());
    trace.begin("SELECT", 0);
    trace.call(0, 1000, 0);
    trace.of(8);
    trace.begin("SELECT", 200);
    trace.of_leader(7, 200);
    trace.call(200, 400);
    trace.end(400);
    trace.of(7);
    trace.end(1000);
    trace.close(2000);
  }
  EXPECT_EQ(text(60),
            "ExecutorRun 0-1000 1000\n"
            "worker 8 200-400 200\n"
            ".heap_insert 200-400 200\n");
  // A worker's line stays.
  EXPECT_EQ(text(2), "ExecutorRun 0-1000 1000\nworker 8 200-400 200\nleft out 1\n");
}

}  // namespace
}  // namespace pgrec

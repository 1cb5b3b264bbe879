// Covers analyze/calls/execution_detail.h and detail_visitor.h: one execution in order of time.
#include "analyze/calls/execution_detail.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "analyze/calls/detail_visitor.h"
#include "tests/unit/class_trace.h"
#include "tests/unit/collected_calls.h"
#include "tests/unit/random_events.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using test::ClassTrace;
using test::ProbeClass;

// "pid7 @100 took=900 | f0@110+500 .f1@120+10 .!lwlock@130": a line for each thread; a point for
// each call around it.
std::string text_of(const ExecutionDetail& detail) {
  std::string text;
  for (const DetailThread& thread : detail.threads) {
    text += fmt::format("pid{} @{} {} over={} |", thread.run.thread.pid, to_ns(thread.run.begun),
                        outcome_of(thread.run), to_ns(thread.over));
    for (const DetailItem& item : thread.items) {
      text += " " + std::string(item.depth, '.');
      if (item.kind == DetailItem::Kind::kEvent) {
        text += fmt::format("!{}@{}", thread.events[item.event].described->name, to_ns(item.begun));
        continue;
      }
      text += fmt::format("f{}@{}", value(item.function), to_ns(item.begun));
      text += item.duration ? fmt::format("+{}", item.duration->count())
                            : fmt::format(":{}", name(item.outcome));
    }
    text += "\n";
  }
  return text;
}

class ExecutionDetailTest : public testing::Test {
 protected:
  std::string detail(std::uint64_t id, std::uint64_t most = kMostItems) {
    TraceSet set(file_.reader());
    const ExecutionDetail found = execution_detail(set, ExecutionId{id}, {}, most);
    left_out_ = found.left_out();
    of_ = found.of;
    return text_of(found);
  }
  test::TraceFile file_;
  std::uint64_t left_out_ = 0;
  std::optional<ExecutionId> of_;
};

TEST_F(ExecutionDetailTest, HasCallsAndEventsInOrder) {
  {
    ClassTrace trace(file_.path());
    trace.begin("SELECT 1", 50);
    trace.end(60);
    trace.call(70, 80);
    trace.begin("SELECT 2", 100);
    trace.enter(110, 0);
    trace.call(120, 130);
    trace.wait(ProbeClass::kWaitStart, 140, "WALWrite");
    trace.cut();
    trace.call(150, 170);
    trace.leave(200);
    trace.call(210, 220);
    trace.event(EventKind::kHeadless, 225, 1);
    trace.hit(id_of(ExecutionClass::kFailed), 230,
              {std::uint64_t{9}, std::uint64_t{5}, std::uint64_t{1}, std::uint64_t{2},
               std::uint64_t{0}, std::uint64_t{0}, std::uint64_t{0}, std::uint64_t{0},
               std::uint64_t{0}, std::uint64_t{0}, std::uint64_t{0}, std::string("23505")});
    trace.end(240);
    trace.begin("SELECT 3", 250);
    trace.call(260, 270);
    trace.end(280);
    trace.close(1000);
  }
  EXPECT_EQ(detail(1),
            "pid7 @100 error over=240 | f0@110+90 .f1@120+10 .!usdt:lwlock__wait__start@140 "
            ".f1@150+20 f1@210+10 f1@225:headless\n");
  EXPECT_EQ(detail(0), "pid7 @50 ended over=60 |\n");
}

TEST_F(ExecutionDetailTest, SaysWhichIdsThereAre) {
  {
    ClassTrace trace(file_.path());
    trace.begin("SELECT 1", 50);
    trace.end(60);
    trace.begin("SELECT 1", 70);
    trace.close(100);
  }
  TraceSet set(file_.reader());
  EXPECT_EQ(
      test::error_of([&] { execution_detail(set, ExecutionId{2}, {}); }),
      "there is no execution 2 / there are 0 to 1; analyze --slow shows those of the longest");
  EXPECT_EQ(detail(1), "pid7 @70 open over=100 |\n");
  {
    test::TraceFile none;
    ClassTrace(none.path()).close(10);
    TraceSet empty(none.reader());
    EXPECT_EQ(test::error_of([&] { execution_detail(empty, ExecutionId{0}, {}); }),
              "there is no execution 0 / no execution was recorded");
  }
}

TEST_F(ExecutionDetailTest, FollowsCallsBehindItsEnd) {
  {
    ClassTrace trace(file_.path());
    trace.begin("COMMIT", 10);
    trace.enter(20, 0);
    trace.end(30);
    trace.begin("SELECT 1", 40);
    trace.call(45, 50);
    trace.cut();
    trace.leave(60);
    trace.end(70);
    trace.close(100);
  }
  EXPECT_EQ(detail(0), "pid7 @10 ended over=30 | f0@20+40\n");
  EXPECT_EQ(detail(1), "pid7 @40 ended over=70 | f1@45+5\n");
}

TEST_F(ExecutionDetailTest, HasWorkersBesideIt) {
  {
    ClassTrace trace(file_.path());
    trace.begin("SELECT big", 100);
    trace.call(110, 120, 0);
    trace.of(8);
    trace.begin("SELECT big", 150);
    trace.of_leader(7, 150);
    trace.call(160, 180);
    trace.cut();
    trace.end(200);
    trace.begin("SELECT big", 210);
    trace.of_leader(9, 210);
    trace.end(220);
    trace.of(7);
    trace.end(300);
    trace.begin("SELECT next", 310);
    trace.of(10);
    trace.begin("SELECT next", 320);
    trace.of_leader(7, 320);
    trace.end(330);
    trace.of(7);
    trace.end(340);
    trace.close(1000);
  }
  EXPECT_EQ(detail(0),
            "pid7 @100 ended over=300 | f0@110+10\n"
            "pid8 @150 ended over=200 | f1@160+20\n");
  EXPECT_EQ(detail(2), "pid7 @310 ended over=340 |\npid10 @320 ended over=330 |\n");
  EXPECT_EQ(of_, std::nullopt);
  // By itself a worker's run says what it is of.
  EXPECT_EQ(detail(1), "pid8 @150 ended over=200 | f1@160+20\n");
  EXPECT_EQ(of_, ExecutionId{0});
  EXPECT_EQ(detail(3), "pid8 @210 ended over=220 |\n");
  EXPECT_EQ(of_, std::nullopt);
}

TEST_F(ExecutionDetailTest, LosesEndsInDamage) {
  {
    ClassTrace trace(file_.path());
    trace.begin("SELECT 1", 10);
    trace.enter(20, 0);
    trace.call(25, 30);
    trace.cut();
    trace.leave(40);
    trace.end(50);
    trace.cut();
    trace.begin("SELECT 2", 60);
    trace.call(65, 66);
    trace.end(70);
    trace.close(100);
  }
  file_.flip_byte_of(test::chunk_frames(file_.reader()).at(1));
  EXPECT_EQ(detail(0), "pid7 @10 exit-lost over=30 | f0@20:exit-lost .f1@25+5\n");
  EXPECT_EQ(detail(1), "pid7 @60 ended over=70 | f1@65+1\n");
}

TEST_F(ExecutionDetailTest, CannotReadWhatIsWhollyInDamage) {
  {
    ClassTrace trace(file_.path());
    trace.begin("SELECT 1", 10);
    trace.end(50);
    trace.close(100);
  }
  file_.flip_byte_of(test::chunk_frames(file_.reader()).at(0));
  EXPECT_EQ(test::error_of([&] { detail(0); }),
            "execution 0 cannot be read / it is in a damaged part of the trace: pgrec verify says "
            "where that is");
}

TEST_F(ExecutionDetailTest, HoldsSoManyCalls) {
  {
    ClassTrace trace(file_.path());
    trace.begin("SELECT 1", 0);
    trace.enter(1, 0);
    for (int i = 0; i < 10; ++i)
      trace.call(10 + 2 * i, 11 + 2 * i);
    trace.leave(50);
    trace.end(60);
    trace.close(100);
  }
  EXPECT_EQ(detail(0, 3), "pid7 @0 ended over=60 | f0@1+49 .f1@10+1 .f1@12+1\n");
  EXPECT_EQ(left_out_, 8u);
}

TEST_F(ExecutionDetailTest, GoesOnInTheNextPart) {
  const std::string first = file_.beside("a.pgt"), second = file_.beside("b.pgt");
  {
    ClassTrace one(first, 1);
    one.begin("SELECT 0", 10);
    one.end(20);
    one.begin("SELECT 1", 100);
    one.call(110, 120);
    one.enter(900, 0);
    one.close(1000);
    ClassTrace two(second, 2);
    two.begin("SELECT 1", 0);
    two.event(EventKind::kHeadless, 20, 0);
    two.call(30, 40);
    two.end(60);
    two.begin("SELECT 2", 70);
    two.end(80);
    two.close(1000);
  }
  const std::string whole =
      "pid7 @100 ended over=1060 | f1@110+10 f0@900:open f0@1020:headless f1@1030+10\n";
  TraceSet set(std::vector<std::string>{first, second});
  EXPECT_EQ(text_of(execution_detail(set, ExecutionId{1}, {})), whole);
  EXPECT_EQ(text_of(execution_detail(set, ExecutionId{2}, {})), whole);
  EXPECT_EQ(text_of(execution_detail(set, ExecutionId{3}, {})), "pid7 @1070 ended over=1080 |\n");
}

// The calls of each execution of random traces, against a replay that knows nothing of chunks; once
// with a chunk in the middle that cannot be read.
TEST_F(ExecutionDetailTest, OfRandomTracesIsWhatAReplayGives) {
  std::map<std::uint64_t, std::multiset<std::string>> expected;
  const auto row = [](auto id, auto function, Timestamp begun, Outcome outcome,
                      std::optional<Duration> duration, std::optional<Duration> self) {
    return fmt::format("{} f{} @{} {} {} {}", value(id), value(function), to_ns(begun),
                       name(outcome), duration.value_or(Duration(-1)).count(),
                       self.value_or(Duration(-1)).count());
  };
  std::uint64_t executions = 0;
  {
    test::RandomEvents random(3, 3);
    test::Oracle oracle;
    TraceWriter writer = file_.writer();
    writer.write(test::random_classes());
    for (int chunk = 0; chunk < 4; ++chunk) {
      const auto batch = random.next(60);
      for (const test::ThreadEvents& stretch : batch)
        append(writer, stretch);
      for (const Call& call : oracle.replay(batch).calls) {
        if (call.execution)
          expected[value(*call.execution)].insert(
              row(call.id, call.function, call.begun, call.outcome, call.duration, call.self));
      }
      writer.cut();
    }
    executions = writer.executions();
    writer.close(from_ns(1'000'000'000'000'000));
  }
  ASSERT_GT(executions, 20u);
  TraceSet set(file_.reader());
  std::uint64_t calls = 0;
  for (std::uint64_t id = 0; id < executions; ++id) {
    const ExecutionDetail detail = execution_detail(set, ExecutionId{id}, {});
    std::multiset<std::string> rows;
    for (const DetailItem& item : detail.threads.front().items) {
      if (item.kind == DetailItem::Kind::kCall && item.outcome != Outcome::kOpen)
        rows.insert(
            row(item.id, item.function, item.begun, item.outcome, item.duration, item.self));
    }
    calls += rows.size();
    EXPECT_EQ(rows, expected[id]) << id;
  }
  EXPECT_GT(calls, 100u);
}

}  // namespace
}  // namespace pgrec

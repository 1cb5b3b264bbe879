// Covers analyze/calls/class_events.h: which events a pass gives, and what of them is a pair, over
// chunks, parts and damage.
#include "analyze/calls/class_events.h"

#include <gtest/gtest.h>

#include <map>

#include "analyze/calls/event_arguments.h"
#include "tests/unit/class_trace.h"
#include "tests/unit/random_events.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using test::ClassTrace;
using test::ProbeClass;

// "name@10 ", "10-20 ", "10-? ", "?-20 ", as they come.
class SaidEvents final : public ClassEventSink {
 public:
  void event(const ClassEvent& event) override {
    text += class_name(event.described(), event.event_class) + "@" + at(event);
    if (event.execution) text += "/" + std::to_string(value(*event.execution));
    text += " ";
  }
  void pair(const ClassEvent& start, const ClassEvent& end) override {
    pairs += at(start) + "-" + at(end) + " ";
  }
  void unended(const ClassEvent& start) override { pairs += at(start) + "-? "; }
  void unstarted(const ClassEvent& end) override { pairs += "?-" + at(end) + " "; }
  static std::string at(const ClassEvent& event) { return std::to_string(to_ns(event.at)); }

  std::string text, pairs;
};

SaidEvents said(TraceSet& set, const CallSelection& selection = {}, unsigned threads = 1) {
  SaidEvents said;
  for_each_class_event(set, selection, said, {threads});
  return said;
}

class ClassEventsOfSet : public testing::Test {
 protected:
  // Two waits, the second over the end of a chunk, a hit of its own, and an error between.
  void write() {
    ClassTrace trace(file_.path());
    trace.begin("SELECT 1", 100);
    trace.wait(ProbeClass::kWaitStart, 110, "WALWrite");
    trace.wait(ProbeClass::kWaitDone, 150, "WALWrite");
    trace.hit(id_of(ExecutionClass::kError), 160,
              {std::string("ERROR"), std::string("23505"), std::string("no")});
    trace.hit(ProbeClass::kSwitch, 170);
    trace.wait(ProbeClass::kWaitStart, 180, "WALInsert", 1);
    trace.cut();
    trace.of(8);
    trace.wait(ProbeClass::kWaitStart, 185, "WALWrite");
    trace.cut();
    trace.of(7);
    trace.wait(ProbeClass::kWaitDone, 400, "WALInsert", 1);
    trace.end(500);
    trace.close(1000);
  }
  TraceSet set() const { return TraceSet(file_.reader()); }
  test::TraceFile file_;
};

TEST_F(ClassEventsOfSet, ComeWithTheirExecutions) {
  write();
  for (const unsigned threads : {1u, 3u}) {
    TraceSet traces = set();
    const SaidEvents all = said(traces, {}, threads);
    EXPECT_EQ(all.text,
              "usdt:lwlock__wait__start@110/0 usdt:lwlock__wait__done@150/0 "
              "usdt:wal__switch@170/0 usdt:lwlock__wait__start@180/0 "
              "usdt:lwlock__wait__start@185 usdt:lwlock__wait__done@400/0 ");
    EXPECT_EQ(all.pairs, "110-150 180-400 185-? ");
  }
}

TEST_F(ClassEventsOfSet, BelongToTheRangeInWhichTheyStart) {
  write();
  TraceSet traces = set();
  CallSelection selection;
  selection.range = {from_ns(170), from_ns(182)};
  SaidEvents some = said(traces, selection);
  EXPECT_EQ(some.text, "usdt:wal__switch@170/0 usdt:lwlock__wait__start@180/0 ");
  EXPECT_EQ(some.pairs, "180-400 ");
  selection.range = {from_ns(120), from_ns(160)};
  some = said(traces, selection);
  EXPECT_EQ(some.text, "usdt:lwlock__wait__done@150/0 ");
  EXPECT_EQ(some.pairs, "");
  selection.range = {from_ns(300), from_ns(600)};
  EXPECT_EQ(said(traces, selection).pairs, "?-400 ");
}

TEST_F(ClassEventsOfSet, AreThoseOfWantedProcessesAndExecutions) {
  write();
  TraceSet traces = set();
  CallSelection selection;
  selection.pids.pids = {8};
  EXPECT_EQ(said(traces, selection).pairs, "185-? ");
  selection.pids.pids.clear();
  ExecutionIds ids;
  selection.executions = &ids;
  EXPECT_EQ(said(traces, selection).text, "");
  ids.add(ExecutionId{0});
  EXPECT_EQ(said(traces, selection).pairs, "110-150 180-400 ");
}

TEST_F(ClassEventsOfSet, AreThoseOfWantedProbes) {
  write();
  TraceSet traces = set();
  CallSelection selection;
  selection.functions.assign(traces.functions().size(), false);
  selection.other_functions = false;
  EXPECT_EQ(said(traces, selection).text, "");
  // The end is looked at for the start's sake.
  selection.functions[2] = true;
  SaidEvents some = said(traces, selection);
  EXPECT_EQ(some.text,
            "usdt:lwlock__wait__start@110/0 usdt:lwlock__wait__start@180/0 "
            "usdt:lwlock__wait__start@185 ");
  EXPECT_EQ(some.pairs, "110-150 180-400 185-? ");
  selection.functions[2] = false;
  selection.functions[3] = true;
  some = said(traces, selection);
  EXPECT_EQ(some.text, "usdt:lwlock__wait__done@150/0 usdt:lwlock__wait__done@400/0 ");
  EXPECT_EQ(some.pairs, "");
}

TEST_F(ClassEventsOfSet, AreThoseThatTookSoLong) {
  write();
  TraceSet traces = set();
  CallSelection selection;
  selection.at_least = Duration(41);
  const SaidEvents some = said(traces, selection);
  EXPECT_EQ(some.text, "usdt:lwlock__wait__start@180/0 ");
  EXPECT_EQ(some.pairs, "180-400 ");
}

TEST_F(ClassEventsOfSet, HaveNoEndBehindDamage) {
  write();
  file_.flip_byte_of(test::chunk_frames(file_.reader()).at(1));
  TraceSet traces = set();
  EXPECT_EQ(said(traces).pairs, "110-150 180-? ?-400 ");
  EXPECT_EQ(traces.files().front().reader.damages().size(), 1u);
}

TEST_F(ClassEventsOfSet, EndInTheNextPart) {
  const std::string first = file_.beside("a.pgt"), second = file_.beside("b.pgt");
  {
    ClassTrace one(first, 1);
    one.begin("SELECT 1", 100);
    one.wait(ProbeClass::kWaitStart, 900, "WALWrite");
    one.close(1000);
    ClassTrace two(second, 2);
    two.event(EventKind::kExecutionBegin, 0,
              value(two.writer().text_id({{}, false, false, "SELECT 1"})));
    two.wait(ProbeClass::kWaitDone, 50, "WALWrite");
    two.end(60);
    two.close(1000);
  }
  TraceSet traces(std::vector<std::string>{first, second});
  const SaidEvents all = said(traces);
  EXPECT_EQ(all.text, "usdt:lwlock__wait__start@900/0 usdt:lwlock__wait__done@1050/0 ");
  EXPECT_EQ(all.pairs, "900-1050 ");
  TraceSet alone(std::vector<std::string>{second});
  EXPECT_EQ(said(alone).pairs, "?-50 ");
}

// All events of random traces, against a look at each event.
TEST(ClassEventsOfRandomTraces, AreThoseThatWereWritten) {
  for (const unsigned threads : {1u, 3u}) {
    const test::TraceFile file;
    std::map<std::string, int> written, read;
    {
      test::RandomEvents random(11, 3);
      TraceWriter writer = file.writer();
      writer.write(test::random_classes());
      for (int chunk = 0; chunk < 5; ++chunk) {
        for (const test::ThreadEvents& stretch : random.next(40)) {
          append(writer, stretch);
          for (const Event& event : stretch.events) {
            if (event.kind == EventKind::kOfClass)
              ++written[std::to_string(stretch.thread.pid) + "@" + std::to_string(to_ns(event.ts)) +
                        " " + std::to_string(value(event.event_class))];
          }
        }
        writer.cut();
      }
      writer.close(from_ns(1'000'000'000'000'000));
    }
    struct Counting final : ClassEventSink {
      explicit Counting(std::map<std::string, int>& into) : all(into) {}
      void event(const ClassEvent& event) override {
        ++all[std::to_string(event.thread.pid) + "@" + std::to_string(to_ns(event.at)) + " " +
              std::to_string(value(event.event_class))];
      }
      std::map<std::string, int>& all;
    } counting(read);
    TraceSet traces(file.reader());
    for_each_class_event(traces, {}, counting, {threads});
    EXPECT_GT(written.size(), 10u);
    EXPECT_EQ(read, written);
  }
}

}  // namespace
}  // namespace pgrec

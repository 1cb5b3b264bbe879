// Covers analyze/trace/trace_set.h, in_set.h and part_ends.h: several traces as one, with one time,
// one list of functions, one of processes, and ids of its own.
#include "analyze/trace/trace_set.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "analyze/trace/in_set.h"
#include "analyze/trace/part_ends.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using Lines = std::vector<std::string>;

// What a trace of a test is made of.
struct Described {
  std::string name;
  Metadata facts;
  std::vector<std::string> functions;
  std::vector<Process> processes = {};
  std::vector<ClockSample> clocks = {};
  std::vector<Event> events = {};
};

class TraceSetTest : public testing::Test {
 protected:
  std::string write(const Described& trace) const {
    const std::string path = file_.beside(trace.name);
    TraceWriter writer(File(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600), path));
    writer.write(trace.facts);
    std::vector<Function> functions;
    for (const std::string& name : trace.functions) {
      Function& one = functions.emplace_back();
      one.id = FunctionId{static_cast<std::uint32_t>(functions.size() - 1)};
      one.name = name;
    }
    writer.write(functions);
    if (!trace.processes.empty()) writer.write(trace.processes);
    if (!trace.clocks.empty()) writer.write(trace.clocks);
    if (!trace.events.empty()) writer.append({7, 7}, trace.events);
    writer.close(from_ns(1000));
    return path;
  }
  static Metadata at(const std::string& host, std::int64_t began_ns) {
    return {{"host.name", host},
            {"host.boot_id", host + " boot"},
            {"recorded.at_ns", std::to_string(began_ns)},
            {"recorded.monotonic_ns", std::to_string(began_ns)}};
  }
  static Metadata part(std::int64_t number, std::int64_t began_ns) {
    Metadata facts = at("h", began_ns);
    facts.emplace_back("record.part", std::to_string(number));
    facts.emplace_back("record.began_at_ns", "5000");
    return facts;
  }
  static Event event(EventKind kind, std::int64_t ns, std::uint32_t function = 0) {
    return {kind, FunctionId{function}, TextId{}, from_ns(ns), {}};
  }

  test::TraceFile file_;
};

// Calls and executions of all chunks of a set, as "c5 f2 @100 to 120".
struct Calls {
  void chunk(const ChunkHeader& header, const Columns& /*columns*/) { ids = header.ids; }
  void thread(const ThreadKey& key, ThreadState&& opening) {
    thread_key = key;
    state = std::move(opening);
  }
  bool event(const Event& event) { return replay(event, thread_key, state, ids, *this); }
  void call_ended(const Call& call) {
    lines.push_back("c" + std::to_string(value(call.id)) + " f" +
                    std::to_string(value(call.function)) + " @" +
                    std::to_string(to_ns(call.begun)));
  }
  void execution_ended(const Execution& execution) {
    lines.push_back("e" + std::to_string(value(execution.id)) + " @" +
                    std::to_string(to_ns(execution.begun)));
  }
  NextIds ids;
  ThreadKey thread_key;
  ThreadState state;
  Lines lines;
};

Lines calls_of(TraceSet& set) {
  Calls calls;
  ChunkDecoder decoder;
  for (TraceSet::File& file : set.files()) {
    for (const ChunkRef& chunk : file.reader.chunks())
      EXPECT_TRUE(decode_in_set(file, *file.reader.read(chunk), decoder, calls));
  }
  return calls.lines;
}

Lines names_of(const TraceSet& set) {
  Lines names;
  for (const Function& function : set.functions())
    names.push_back(std::to_string(value(function.id)) + " " + function.name);
  return names;
}

TEST_F(TraceSetTest, IsTheFileWhereItIsOne) {
  const TraceSet set(std::vector<std::string>{write({"a.pgt", at("h", 5000), {"f", "f"}})});
  EXPECT_TRUE(set.files().front().is_set);
  EXPECT_EQ(names_of(set), (Lines{"0 f", "1 f"}));
  EXPECT_EQ(set.function_name(FunctionId{7}), "function 7");
  EXPECT_EQ(to_ns(set.last()), 1000);
}

TEST_F(TraceSetTest, HasOneTimeAndIdsOfItsOwn) {
  const std::vector<Event> events = {
      event(EventKind::kExecutionBegin, 10), event(EventKind::kEnter, 20, 1),
      event(EventKind::kReturned, 30), event(EventKind::kExecutionEnd, 40)};
  const std::string a = write({"a.pgt", at("a", 9000), {"f", "g"}, {}, {}, events});
  const std::string b = write({"b.pgt", at("b", 5000), {"g", "h"}, {}, {}, events});
  TraceSet set({a, b});
  EXPECT_EQ(names_of(set), (Lines{"0 g", "1 h", "2 f"}));
  EXPECT_EQ(calls_of(set), (Lines{"c0 f1 @20", "e0 @10", "c1 f0 @4020", "e1 @4010"}));
  EXPECT_EQ(to_ns(set.last()), 5000);
  EXPECT_EQ(set.traces(), 2u);
  EXPECT_EQ(set.function_name(FunctionId{9}), "function 6");
}

TEST_F(TraceSetTest, KeepsCopiesOfANameApart) {
  const TraceSet set({write({"a.pgt", at("a", 5000), {"f", "f"}}),
                      write({"b.pgt", at("b", 6000), {"f", "f", "f"}})});
  EXPECT_EQ(names_of(set), (Lines{"0 f", "1 f", "2 f"}));
  EXPECT_EQ(function_in_set(set.files()[1], FunctionId{2}), FunctionId{2});
}

TEST_F(TraceSetTest, GivesAProcessOneIdInAllParts) {
  const auto process = [](std::int64_t started) {
    Process one;
    one.pid = 7;
    one.started = from_ns(started);
    return one;
  };
  const TraceSet set({write({"a.pgt", part(1, 5000), {}, {process(-50)}}),
                      write({"b.pgt", part(2, 6000), {}, {process(-1050), process(60'000'000)}})});
  const auto id = [&](std::size_t file, std::int64_t at) {
    const auto* life = set.files()[file].lives.at(7, from_ns(at));
    return life ? life->process_id : 0;
  };
  EXPECT_EQ(id(0, 100), 1);
  EXPECT_EQ(id(1, 1100), 1);
  EXPECT_EQ(id(1, 70'000'000), 2);
}

TEST_F(TraceSetTest, TellsTheWallClock) {
  const TraceSet set(
      {write({"a.pgt", at("a", 5000), {}, {}, {{from_ns(0), 5000}, {from_ns(100), 5200}}}),
       write({"b.pgt", at("b", 9000), {}})});
  const auto& a = set.files()[0];
  EXPECT_EQ(set.realtime_ns(a, from_ns(-10)), 4990);
  EXPECT_EQ(set.realtime_ns(a, from_ns(50)), 5100);
  EXPECT_EQ(set.realtime_ns(a, from_ns(150)), 5250);
  EXPECT_EQ(set.realtime_ns(set.files()[1], from_ns(4010)), 9010);
}

TEST_F(TraceSetTest, KnowsWhatGoesOnInTheNextPart) {
  TraceSet set(
      {write({"a.pgt", part(1, 5000), {}, {}, {}, {event(EventKind::kExecutionBegin, 900)}}),
       write({"b.pgt", part(2, 6000), {}, {}, {}, {event(EventKind::kExecutionBegin, 0)}}),
       write({"c.pgt", part(3, 7000), {}, {}, {}, {event(EventKind::kExecutionBegin, 5)}})});
  const auto joined = [&](std::size_t file, std::uint64_t id) {
    return value(set.joined(set.files()[file], ExecutionId{id}));
  };
  EXPECT_EQ(joined(0, 0), 0u);
  EXPECT_EQ(joined(1, 1), 0u);
  EXPECT_EQ(joined(2, 2), 2u);
  EXPECT_TRUE(executions_going_on(set.files()[1], set.files()[2]).empty());
}

TEST_F(TraceSetTest, RefusesNoFile) {
  EXPECT_EQ(test::error_of([] { TraceSet set(Lines{}); }), "there is no trace to read / ");
}

}  // namespace
}  // namespace pgrec

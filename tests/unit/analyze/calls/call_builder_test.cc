// Covers analyze/calls/call_builder.h: the calls of a whole trace, and what becomes of calls whose
// end lies in damaged bytes.
#include "analyze/calls/call_builder.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/append_event.h"
#include "tests/unit/collected_calls.h"
#include "tests/unit/random_events.h"
#include "tests/unit/sorted.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using test::chunk_frames;
using test::sorted;
using Rows = std::vector<std::string>;

// A small trace.
class BuiltCalls : public testing::Test {
 protected:
  void event(EventKind kind, std::int64_t ns, std::uint32_t number = 0) {
    const Event one{kind, FunctionId{number}, TextId{number}, from_ns(ns), {}};
    writer_.append({1, 2}, std::span(&one, 1));
  }
  void enter(std::int64_t ns) { event(EventKind::kEnter, ns); }
  void leave(std::int64_t ns) { event(EventKind::kReturned, ns); }
  void cut() { writer_.cut(); }
  void close() { writer_.close(from_ns(1'000'000)); }
  void damage_chunk(std::size_t index) const {
    file_.flip_byte_of(chunk_frames(file_.reader()).at(index));
  }
  test::CollectedCalls built() const {
    TraceReader trace = file_.reader();
    test::CollectedCalls calls;
    build_calls(trace, calls);
    return calls;
  }
  Rows rows() const { return built().rows(); }

  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
};

// Takes the events of classes.
struct ClassEvents {
  template <typename Ended>
  void call_ended(const Ended& /*call*/) {}
  void execution_ended(const Execution& /*execution*/) {}
  void class_event(const Event& event, const ThreadKey& thread, const ThreadState& state,
                   ArgumentReader& reader) {
    const ArgumentValues arguments = reader.next(event.event_class);
    rows.push_back(std::to_string(value(event.event_class)) + " t" + std::to_string(thread.tid) +
                   " @" + std::to_string(to_ns(event.ts)) + " " +
                   (state.execution ? "e" + std::to_string(value(state.execution->id)) : "-") +
                   (arguments.empty() ? "" : " " + std::get<std::string>(arguments.at(0))));
  }
  Rows rows;
};

TEST_F(BuiltCalls, HandOutEventsOfClassesWithTheirArguments) {
  writer_.write(std::vector<EventClass>{
      {ClassId{3}, {}, "said", {{"what", ArgumentType::Kind::kString, ""}}}});
  const auto say = [&](std::int64_t ns, std::uint32_t id, ArgumentValues what) {
    test::append(writer_, {1, 2}, {EventKind::kOfClass, {}, {}, from_ns(ns), ClassId{id}},
                 std::move(what));
  };
  say(100, 3, {std::string("a")});
  event(EventKind::kExecutionBegin, 110);
  say(120, 3, {std::string("b")});
  cut();
  say(130, 3, {std::string("c")});
  say(140, 4, {});
  event(EventKind::kExecutionEnd, 150);
  close();
  TraceReader trace = file_.reader();
  ClassEvents sink;
  build_calls(trace, sink);
  EXPECT_EQ(sink.rows, (Rows{"3 t2 @100 - a", "3 t2 @120 e0 b", "3 t2 @130 e0 c", "4 t2 @140 e0"}));
}

TEST_F(BuiltCalls, JoinsACallAcrossChunks) {
  enter(100);
  cut();
  enter(110);
  leave(130);
  cut();
  leave(200);
  close();
  EXPECT_EQ(rows(), (Rows{"c0 f0 p1/t2 @100 took=100 self=80 depth=0 in=- - returned",
                          "c1 f0 p1/t2 @110 took=20 self=20 depth=1 in=c0 - returned"}));
}

TEST_F(BuiltCalls, ReportsWhatIsOpenAtTheEnd) {
  event(EventKind::kExecutionBegin, 90, 7);
  enter(100);
  close();
  EXPECT_EQ(rows(),
            (Rows{"c0 f0 p1/t2 @100 took=- self=- depth=0 in=- e0 open", "e0 x7 p1 @90 took=-"}));
}

TEST_F(BuiltCalls, ReportsACallThatEndedInADamagedChunkAsExitLost) {
  enter(100);
  cut();
  leave(200);
  cut();
  enter(300);
  leave(310);
  close();
  damage_chunk(1);
  EXPECT_EQ(rows(), (Rows{"c0 f0 p1/t2 @100 took=- self=- depth=0 in=- - exit-lost",
                          "c1 f0 p1/t2 @300 took=10 self=10 depth=0 in=- - returned"}));
}

TEST_F(BuiltCalls, ReportsACallThatEndedInADamagedChunkOfAThreadThatIsGone) {
  enter(100);
  cut();
  leave(200);
  cut();
  const Event other{EventKind::kHeadless, {}, {}, from_ns(300), {}};
  writer_.append({8, 9}, std::span(&other, 1));
  close();
  damage_chunk(1);
  EXPECT_EQ(rows()[0], "c0 f0 p1/t2 @100 took=- self=- depth=0 in=- - exit-lost");
}

TEST_F(BuiltCalls, KeepsACallThatSpansADamagedChunk) {
  enter(100);
  cut();
  enter(110);
  leave(130);
  cut();
  leave(200);
  close();
  damage_chunk(1);
  EXPECT_EQ(rows(), (Rows{"c0 f0 p1/t2 @100 took=100 self=80 depth=0 in=- - returned"}));
}

TEST_F(BuiltCalls, KeepsACallThatBeganInADamagedChunkAndEndedAfterIt) {
  enter(100);
  leave(101);
  cut();
  enter(110);
  cut();
  leave(130);
  close();
  damage_chunk(1);
  EXPECT_EQ(rows()[1], "c1 f0 p1/t2 @110 took=20 self=20 depth=0 in=- - returned");
}

TEST_F(BuiltCalls, ReportsAnExecutionThatEndedInADamagedChunkAsLost) {
  event(EventKind::kExecutionBegin, 100, 7);
  cut();
  event(EventKind::kExecutionBegin, 200, 8);
  cut();
  event(EventKind::kExecutionEnd, 300);
  close();
  damage_chunk(1);
  EXPECT_EQ(rows(), (Rows{"e0 x7 p1 @100 took=lost", "e1 x8 p1 @200 took=100"}));
}

// The end of a call may stand in the chunk that cannot be read; that it is still open is not known.
TEST_F(BuiltCalls, ReportsACallThatEndedInADamagedLastChunkAsExitLost) {
  enter(100);
  cut();
  leave(200);
  close();
  damage_chunk(1);
  EXPECT_EQ(rows(), (Rows{"c0 f0 p1/t2 @100 took=- self=- depth=0 in=- - exit-lost"}));
}

// What stands behind the end cannot have been a chunk.
TEST_F(BuiltCalls, LeavesOpenWhatIsOpenBeforeBytesBehindTheEnd) {
  enter(100);
  close();
  file_.append(Bytes(100, 'x'));
  EXPECT_EQ(rows(), (Rows{"c0 f0 p1/t2 @100 took=- self=- depth=0 in=- - open"}));
}

TEST_F(BuiltCalls, LeavesOpenWhatIsOpenBeforeAnUnreadableEnd) {
  enter(100);
  close();
  file_.truncate_to(file_.size_bytes() - 8);
  EXPECT_EQ(rows(), (Rows{"c0 f0 p1/t2 @100 took=- self=- depth=0 in=- - open"}));
}

TEST_F(BuiltCalls, TellsOfTheDamage) {
  enter(100);
  cut();
  leave(200);
  close();
  damage_chunk(1);
  TraceReader trace = file_.reader();
  test::CollectedCalls calls;
  build_calls(trace, calls);
  EXPECT_EQ(trace.damages().size(), 1u);
}

// Random traces.
class RandomTrace : public testing::TestWithParam<std::uint32_t> {
 protected:
  static constexpr int kChunks = 8;

  RandomTrace() {
    test::RandomEvents random(GetParam(), 5);
    test::Oracle oracle;
    TraceWriter writer = file_.writer();
    for (int chunk = 0; chunk < kChunks; ++chunk) {
      const auto batch = random.next(8);
      for (const auto& stretch : batch)
        test::append(writer, stretch);
      writer.cut();
      ended_.push_back(oracle.replay_batch(batch));
      open_.push_back(oracle.open());
    }
    writer.close(from_ns(1ll << 59));
  }
  test::CollectedCalls built() const {
    TraceReader trace = file_.reader();
    test::CollectedCalls calls;
    build_calls(trace, calls);
    return calls;
  }
  // All that ended, and what is open, of a replay without chunks.
  Rows expected() const {
    Rows all = open_.back();
    for (const Rows& rows : ended_)
      all.insert(all.end(), rows.begin(), rows.end());
    return sorted(all);
  }
  // The lines with which the calls and executions end that end in another chunk than `damaged`;
  // those that end there and began before it, as lost.
  Rows expected_without(std::size_t damaged) const {
    Rows all = open_.back();
    for (std::size_t chunk = 0; chunk < ended_.size(); ++chunk) {
      if (chunk != damaged) all.insert(all.end(), ended_[chunk].begin(), ended_[chunk].end());
    }
    for (const std::string& line : open_[damaged - 1]) {
      if (!is_among(line, open_[damaged])) all.push_back(lost(line));
    }
    return sorted(all);
  }
  static bool is_among(const std::string& line, const Rows& lines) {
    return std::find(lines.begin(), lines.end(), line) != lines.end();
  }
  static std::string lost(std::string line) {
    const bool execution = line[0] == 'e';
    const std::string open = execution ? "-" : "open";
    return line.erase(line.size() - open.size()) + (execution ? "lost" : "exit-lost");
  }

  test::TraceFile file_;
  std::vector<Rows> ended_;  // in each chunk
  std::vector<Rows> open_;   // after each chunk
};

TEST_P(RandomTrace, GivesTheCallsOfAReplayWithoutChunks) {
  EXPECT_EQ(built().rows(), expected());
}

TEST_P(RandomTrace, GivesTheSameWithoutItsEnd) {
  file_.truncate_to(file_.size_bytes() - 80);
  EXPECT_EQ(built().rows(), expected());
}

TEST_P(RandomTrace, GivesEveryOtherCallWithADamagedMiddleChunk) {
  for (std::size_t damaged = 1; damaged + 1 < kChunks; ++damaged) {
    const FrameRef chunk = chunk_frames(file_.reader()).at(damaged);
    file_.flip_byte_of(chunk);
    ASSERT_EQ(built().rows(), expected_without(damaged)) << "chunk " << damaged;
    file_.flip_byte_of(chunk);
  }
}

TEST_P(RandomTrace, GivesNoCallTwiceWithTwoDamagedChunks) {
  const auto chunks = chunk_frames(file_.reader());
  file_.flip_byte_of(chunks.at(2));
  file_.flip_byte_of(chunks.at(3));
  Rows ids;
  for (const std::string& line : built().rows())
    ids.push_back(line.substr(0, line.find(' ')));
  EXPECT_EQ(std::adjacent_find(ids.begin(), ids.end()), ids.end());
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomTrace, testing::Range(1u, 13u));

}  // namespace
}  // namespace pgrec

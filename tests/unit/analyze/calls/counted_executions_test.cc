// Covers analyze/calls/counted_executions.h: counts of traces whose summaries tell of classes, of
// those from before they did, and of damaged ones.
#include "analyze/calls/counted_executions.h"

#include <gtest/gtest.h>

#include "format/chunk/chunk_builder.h"
#include "format/postgres/execution_classes.h"
#include "tests/unit/append_event.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

constexpr ExecutionCounts kExpected{3, 2, 1};

class CountedExecutionsTest : public testing::Test {
 protected:
  CountedExecutionsTest() { writer_.write(execution_classes({})); }

  void event(EventKind kind, std::uint32_t one = 0) {
    Event made;
    made.kind = kind;
    made.ts = now_ += Duration(10);
    made.event_class = ClassId{one};
    if (kind == EventKind::kOfClass)
      test::append(writer_, {1, 1}, made, {});
    else
      writer_.append({1, 1}, std::span(&made, 1));
  }
  void run(std::optional<ExecutionClass> said = std::nullopt) {
    event(EventKind::kExecutionBegin);
    if (said) event(EventKind::kOfClass, value(id_of(*said)));
    event(EventKind::kExecutionEnd);
  }
  // kExpected, in two chunks.
  void record() {
    run();
    run(ExecutionClass::kNotRun);
    run(ExecutionClass::kOfLeader);
    writer_.cut();
    run(ExecutionClass::kCompleted);
    run(ExecutionClass::kNotRun);
    event(EventKind::kExecutionBegin);
    writer_.cut();
  }
  ExecutionCounts counts() {
    TraceReader trace = file_.reader();
    return counted_executions(trace);
  }

  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
  Timestamp now_{};
};

TEST_F(CountedExecutionsTest, AreInTheTotal) {
  record();
  writer_.close(now_);
  EXPECT_EQ(counts(), kExpected);
}

TEST_F(CountedExecutionsTest, AreInTheSummariesOfATraceThatWasNotClosed) {
  record();
  EXPECT_EQ(counts(), kExpected);
}

TEST_F(CountedExecutionsTest, AreInTheChunksWhereSummariesCannotBeRead) {
  record();
  writer_.close(now_);
  const TraceReader trace = file_.reader();
  for (const FrameRef& frame : test::all_frames(trace)) {
    if (frame.type == layout::FrameType::kSummary || frame.type == layout::FrameType::kTotal)
      file_.flip_byte_of(frame);
  }
  EXPECT_EQ(counts(), kExpected);
}

TEST_F(CountedExecutionsTest, OfATraceThatTellsNothingOfThemAreAllThatBegan) {
  test::TraceFile file;
  TraceWriter writer = file.writer();
  const Event begin{EventKind::kExecutionBegin, {}, {}, from_ns(5), {}};
  writer.append({1, 1}, std::span(&begin, 1));
  writer.close(from_ns(10));
  TraceReader trace = file.reader();
  EXPECT_EQ(counted_executions(trace), (ExecutionCounts{1, 0, 0}));
}

// Before format 1.3 summaries did not tell.
TEST_F(CountedExecutionsTest, OfAnOlderTraceAreInItsChunks) {
  ChunkBuilder builder;
  for (const bool runs : {true, false}) {
    const Event begin{EventKind::kExecutionBegin, {}, {}, from_ns(5), {}};
    const Event none{EventKind::kOfClass, {}, {}, from_ns(6), id_of(ExecutionClass::kNotRun)};
    ArgumentValues arguments;
    builder.append({1, 1}, std::span(&begin, 1));
    if (!runs) builder.append({1, 1}, std::span(&none, 1), std::span(&arguments, 1));
  }
  ChunkBuilder::Encoded chunk = builder.encode();
  Bytes payload = chunk.plain;
  put_bytes(payload, chunk.columns.data(), chunk.columns.size());
  writer_.copy({layout::FrameType::kChunk, 0, layout::kChunkPlainBytes, 0, 0, 0, 0}, payload,
               &chunk.header);
  chunk.summary.classes.reset();
  writer_.write_summary(chunk.summary);
  writer_.close(from_ns(10));
  TraceReader trace = file_.reader();
  ASSERT_EQ(trace.total()->classes, std::nullopt);
  EXPECT_EQ(counted_executions(trace), (ExecutionCounts{1, 1, 0}));
}

}  // namespace
}  // namespace pgrec

// Covers format/trace/trace_writer.h and format/trace/trace_reader.h: a closed trace gives back
// what was written.
#include <gtest/gtest.h>

#include <fcntl.h>

#include <set>

#include "format/layout.h"
#include "tests/unit/reference_trace.h"

namespace pgrec {
namespace {

using layout::FrameType;
using test::error_of;
using Rows = std::vector<std::string>;

using TraceTest = test::ReferenceTrace;

TEST_F(TraceTest, IsSmallEnoughForATestOfEveryByte) {
  EXPECT_LT(file_.size_bytes(), 8192u);
}

TEST_F(TraceTest, GivesBackItsTables) {
  const test::Readable all = read();
  EXPECT_EQ(all.metadata, kFacts);
  EXPECT_EQ(all.functions, kFunctions);
  EXPECT_EQ(all.classes, test::random_classes());
  EXPECT_EQ(all.processes, kProcesses);
  EXPECT_EQ(all.clocks, kClocks);
  EXPECT_EQ(all.losses, kLosses);
  EXPECT_EQ(all.texts, (Rows{"SELECT 0", "SELECT 1", "SELECT 2", "SELECT 3"}));
}

TEST_F(TraceTest, GivesBackItsCalls) {
  std::vector<Rows> expected, found;
  for (const auto& ended : ended_)
    expected.push_back(ended.rows());
  for (const auto& chunk : read().chunks)
    found.push_back(chunk.second);
  EXPECT_EQ(found, expected);
}

TEST_F(TraceTest, HasEveryTypeOfFrame) {
  std::set<FrameType> types;
  const TraceReader trace = file_.reader();
  for (const FrameRef& frame : trace.frames())
    types.insert(frame.type);
  EXPECT_EQ(types,
            (std::set<FrameType>{FrameType::kMetadata, FrameType::kFunctions, FrameType::kTexts,
                                 FrameType::kProcesses, FrameType::kClocks, FrameType::kClasses,
                                 FrameType::kChunk, FrameType::kLosses, FrameType::kSummary,
                                 FrameType::kTotal}));
}

TEST_F(TraceTest, IsIntact) {
  const TraceReader trace = file_.reader();
  EXPECT_TRUE(trace.intact());
  EXPECT_FALSE(read().told);
}

TEST_F(TraceTest, EndsWithWhatTheWriterCounted) {
  const TraceEnd end = file_.reader().end().value();
  EXPECT_EQ(end.end, kEnd);
  EXPECT_EQ(end.calls, calls_);
  EXPECT_EQ(end.executions, executions_);
  EXPECT_EQ(end.events, events_);
  EXPECT_EQ(end.lost_events, 7u);
}

TEST_F(TraceTest, SaysWhenRecordingStopped) {
  EXPECT_EQ(file_.reader().last(), kEnd);
}

TEST_F(TraceTest, GivesTheLaterOfTwoFactsOfOneKey) {
  const TraceReader trace = file_.reader();
  EXPECT_EQ(trace.fact("label.run"), "b");
  EXPECT_EQ(trace.fact("label"), std::nullopt);
}

TEST_F(TraceTest, NamesFunctions) {
  EXPECT_EQ(file_.reader().function_name(FunctionId{0}), "heap_insert");
  EXPECT_EQ(file_.reader().function_name(FunctionId{7}), "function 7");
  EXPECT_EQ(file_.reader().function_name(std::nullopt), "any");
}

TEST_F(TraceTest, AddsUpLosses) {
  EXPECT_EQ(file_.reader().lost_events(), 7u);
}

TEST_F(TraceTest, HasTheFormatsVersion) {
  EXPECT_EQ(file_.reader().header().major, layout::kMajor);
  EXPECT_EQ(file_.reader().header().minor, layout::kMinor);
}

// A trace that a test writes itself.
class NewTrace : public testing::Test {
 protected:
  test::TraceFile file_;
};

TEST_F(NewTrace, HoldsATextOnce) {
  TraceWriter writer = file_.writer();
  EXPECT_EQ(writer.text_id({{}, false, false, "BEGIN"}), TextId{0});
  EXPECT_EQ(writer.text_id({{}, false, false, "BEGIN"}), TextId{0});
  writer.close(from_ns(1));
  EXPECT_EQ(test::read_all(file_.reader()).texts, Rows{"BEGIN"});
}

TEST_F(NewTrace, WritesTextsOfAMebibyteAtOnce) {
  TraceWriter writer = file_.writer();
  for (int i = 0; i < 40; ++i)
    writer.text_id({{}, false, false, std::to_string(i) + std::string(65'000, 'x')});
  writer.close(from_ns(1));
  EXPECT_EQ(test::read_all(file_.reader()).texts.size(), 40u);
}

TEST_F(NewTrace, WritesNoChunkWithoutEvents) {
  TraceWriter writer = file_.writer();
  writer.write(Metadata{{"host.name", "db1"}});
  writer.cut();
  writer.close(from_ns(1));
  EXPECT_TRUE(test::read_all(file_.reader()).chunks.empty());
}

TEST_F(NewTrace, CannotBeWrittenToAFullDisk) {
  const int fd = ::open("/dev/full", O_RDWR | O_CLOEXEC);
  EXPECT_EQ(error_of([&] { TraceWriter(File(fd, "run1.pgt")); }),
            "cannot write run1.pgt: No space left on device / ");
}

TEST(LongTrace, IsReadByAnIndexOfSeveralFrames) {
  test::TraceFile file;
  TraceWriter writer = file.writer();
  constexpr std::uint32_t kChunks = kIndexFrames + 10;
  for (std::uint32_t i = 0; i < kChunks; ++i) {
    const std::vector<Event> events = {{EventKind::kHeadless, FunctionId{1}, {}, from_ns(i), {}}};
    writer.append({7, 7}, events);
    writer.cut();
  }
  writer.close(from_ns(kChunks));
  TraceReader trace = file.reader();
  // Each chunk has its summary, and a total follows; a walk would find the index frames too.
  EXPECT_EQ(trace.frames().size(), 2 * kChunks + 1);
  EXPECT_TRUE(trace.intact());
  std::uint32_t chunks = 0;
  trace.for_each_chunk([&](const Chunk&) { ++chunks; });
  EXPECT_EQ(chunks, kChunks);
}

}  // namespace
}  // namespace pgrec

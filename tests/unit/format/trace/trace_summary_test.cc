// Covers TraceReader::summary(): from the total, from the chunks' summaries, and from the chunks
// themselves.
#include <gtest/gtest.h>

#include "format/layout.h"
#include "tests/unit/reference_trace.h"

namespace pgrec {
namespace {

using layout::FrameType;
using test::without_losses;

class TraceSummary : public test::ReferenceTrace {
 protected:
  // That of the whole trace.
  Summary expected() const {
    Summary sum;
    for (const Summary& chunk : summaries_)
      sum.merge(chunk);
    sum.losses = {{"no-ring", 4}, {"ring-full", 3}};
    return sum;
  }
  std::vector<FrameRef> frames_of(FrameType type) const {
    std::vector<FrameRef> found;
    const TraceReader trace = file_.reader();
    for (const FrameRef& frame : trace.frames()) {
      if (frame.type == type) found.push_back(frame);
    }
    return found;
  }
  void damage(FrameType type, std::size_t index) const {
    file_.flip_byte_at(frames_of(type).at(index).offset + layout::kFrameHeaderBytes + 9);
  }
};

TEST_F(TraceSummary, OfAClosedTraceIsItsTotal) {
  EXPECT_EQ(file_.reader().summary(), expected());
}

// Nothing but the total is read: damage elsewhere is not noticed.
TEST_F(TraceSummary, OfAClosedTraceReadsNoChunk) {
  for (std::size_t chunk = 0; chunk < kChunks; ++chunk)
    damage(FrameType::kChunk, chunk);
  TraceReader trace = file_.reader();
  EXPECT_EQ(trace.summary(), expected());
  EXPECT_EQ(trace.damages(), std::vector<Damage>{});
}

TEST_F(TraceSummary, WithoutEndIsTheSumOfItsChunks) {
  cut_off_end();
  EXPECT_EQ(file_.reader().summary(), expected());
}

TEST_F(TraceSummary, WithADamagedTotalIsTheSumOfItsChunks) {
  damage(FrameType::kTotal, 0);
  TraceReader trace = file_.reader();
  EXPECT_EQ(trace.summary(), expected());
  EXPECT_FALSE(trace.intact());
}

TEST_F(TraceSummary, DecodesChunksWhoseSummariesAreDamaged) {
  cut_off_end();
  damage(FrameType::kSummary, 1);
  damage(FrameType::kSummary, 3);
  TraceReader trace = file_.reader();
  EXPECT_EQ(trace.summary(), expected());
  EXPECT_EQ(trace.damages().size(), 2u);
}

TEST_F(TraceSummary, TakesTheSummariesOfDamagedChunks) {
  cut_off_end();
  for (std::size_t chunk = 0; chunk < kChunks; ++chunk)
    damage(FrameType::kChunk, kChunks - 1 - chunk);
  EXPECT_EQ(file_.reader().summary(), expected());
}

TEST_F(TraceSummary, LeavesOutAChunkThatIsDamagedWithItsSummary) {
  cut_off_end();
  damage(FrameType::kSummary, 2);
  damage(FrameType::kChunk, 2);
  Summary sum;
  for (const std::size_t chunk : {0u, 1u, 3u})
    sum.merge(summaries_[chunk]);
  TraceReader trace = file_.reader();
  EXPECT_EQ(without_losses(trace.summary()), sum);
  EXPECT_FALSE(trace.intact());
}

TEST_F(TraceSummary, OfEachChunkIsStoredBehindIt) {
  TraceReader trace = file_.reader();
  ASSERT_EQ(trace.chunks().size(), summaries_.size());
  for (std::size_t chunk = 0; chunk < summaries_.size(); ++chunk)
    EXPECT_EQ(without_losses(trace.summary_of(trace.chunks()[chunk]).value()), summaries_[chunk]);
}

// Those since the chunk before.
TEST_F(TraceSummary, OfAChunkHasTheLossesToldBeforeIt) {
  TraceReader trace = file_.reader();
  std::vector<std::map<std::string, std::uint64_t>> losses;
  for (const ChunkRef& chunk : trace.chunks())
    losses.push_back(trace.summary_of(chunk)->losses);
  EXPECT_EQ(losses,
            (std::vector<std::map<std::string, std::uint64_t>>{{}, {}, {{"ring-full", 3}}, {}}));
}

TEST_F(TraceSummary, OfAChunkIsNoneWhereItIsDamaged) {
  damage(FrameType::kSummary, 1);
  TraceReader trace = file_.reader();
  EXPECT_TRUE(trace.summary_of(trace.chunks()[0]));
  EXPECT_FALSE(trace.summary_of(trace.chunks()[1]));
}

TEST_F(TraceSummary, OfATraceWithoutChunksHasItsLosses) {
  test::TraceFile file;
  TraceWriter writer = file.writer();
  writer.write(std::vector<Loss>{{from_ns(0), from_ns(1), "late", {}, {}, 5}});
  writer.close(from_ns(1));
  Summary expected;
  expected.losses = {{"late", 5}};
  EXPECT_EQ(file.reader().summary(), expected);
}

}  // namespace
}  // namespace pgrec

// Covers ChunkFilter of format/trace_reader.h: what leaves a chunk out, and what must not.
#include <gtest/gtest.h>

#include "format/frame.h"
#include "format/layout.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

class ChunkFilterTest : public testing::Test {
 protected:
  // From 100 to 200 ns, of function 3 and process 70, the longest call 40 ns.
  static ChunkHeader chunk() {
    ChunkHeader header;
    header.first = from_ns(100);
    header.last = from_ns(200);
    header.events = 2;
    header.functions = mask_bit(3);
    header.processes = mask_bit(70);
    header.longest = Duration(40);
    return header;
  }
  bool wants() const { return filter_.wants(chunk()); }

  ChunkFilter filter_;
};

TEST_F(ChunkFilterTest, ThatIsNotSetLeavesNothingOut) {
  EXPECT_TRUE(wants());
}

TEST_F(ChunkFilterTest, TakesChunksThatReachTheTimeItBegins) {
  filter_.from = from_ns(200);
  EXPECT_TRUE(wants());
  filter_.from = from_ns(201);
  EXPECT_FALSE(wants());
}

TEST_F(ChunkFilterTest, TakesChunksThatBeginBeforeTheTimeItEnds) {
  filter_.to = from_ns(101);
  EXPECT_TRUE(wants());
  filter_.to = from_ns(100);
  EXPECT_FALSE(wants());
}

TEST_F(ChunkFilterTest, TakesChunksThatMayHaveItsFunction) {
  filter_.function = FunctionId{3};
  EXPECT_TRUE(wants());
  filter_.function = FunctionId{67};  // of the same bit
  EXPECT_TRUE(wants());
  filter_.function = FunctionId{4};
  EXPECT_FALSE(wants());
}

TEST_F(ChunkFilterTest, TakesChunksThatMayHaveItsProcess) {
  filter_.pid = 70;
  EXPECT_TRUE(wants());
  filter_.pid = 71;
  EXPECT_FALSE(wants());
}

TEST_F(ChunkFilterTest, TakesChunksWithACallAsLong) {
  filter_.at_least = Duration(40);
  EXPECT_TRUE(wants());
  filter_.at_least = Duration(41);
  EXPECT_FALSE(wants());
}

struct NoVisitor {
  void chunk(const ChunkHeader& /*header*/, Columns& /*columns*/) {}
  void thread(const ThreadKey& /*key*/, ThreadState&& /*opening*/) {}
  bool event(const Event& /*event*/) { return true; }
};

// Of a chunk whose header is wrong, nothing is known.
TEST_F(ChunkFilterTest, DoesNotHideAChunkWhoseHeaderIsWrong) {
  test::TraceFile file;
  file.writer();
  Bytes all = file.bytes(), plain;
  ChunkHeader wrong = chunk();
  wrong.last = from_ns(99);
  put_chunk_header(plain, wrong);
  put_frame(all, layout::FrameType::kChunk, 0, plain, {});
  file.replace(all);
  TraceReader trace = file.reader();
  filter_.function = FunctionId{3};
  NoVisitor visitor;
  trace.decode_chunks(visitor, filter_);
  EXPECT_EQ(trace.damages().size(), 1u);
}

}  // namespace
}  // namespace pgrec

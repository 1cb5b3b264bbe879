// Covers format/trace/frame_order.h: which frames count where some stand twice or out of place.
#include "format/trace/frame_order.h"

#include <gtest/gtest.h>

#include <string>

namespace pgrec {
namespace {

using layout::FrameType;

class FrameOrderTest : public testing::Test {
 protected:
  // Why it is refused; empty where it is not.
  std::string frame(std::uint64_t sequence, FrameType type = FrameType::kTexts) {
    return said(order_.refuse({0, sequence, 40, type, 0}, nullptr));
  }
  std::string chunk(std::uint64_t sequence, std::uint64_t call, std::uint32_t calls,
                    std::uint64_t execution = 0, std::uint32_t executions = 0) {
    ChunkHeader header;
    header.ids = {CallId{call}, ExecutionId{execution}};
    header.calls = calls;
    header.executions = executions;
    return said(order_.refuse({0, sequence, 104, FrameType::kChunk, 0}, &header));
  }
  static std::string said(const char* reason) { return reason ? reason : ""; }

  static constexpr const char* kTwice = "the frame stands twice, or in another's place";
  static constexpr const char* kIds = "its ids are those of a chunk before it";
  FrameOrder order_;
};

TEST_F(FrameOrderTest, TakesNumbersThatRise) {
  EXPECT_EQ(frame(0), "");
  EXPECT_EQ(frame(1), "");
  EXPECT_EQ(frame(7), "");
  EXPECT_EQ(order_.next(), 8u);
}

TEST_F(FrameOrderTest, RefusesANumberThatWasThere) {
  frame(3);
  EXPECT_EQ(frame(3), kTwice);
  EXPECT_EQ(frame(1), kTwice);
  EXPECT_EQ(frame(4), "");
}

TEST_F(FrameOrderTest, HasNoNumberBehindTheHighest) {
  EXPECT_EQ(frame(UINT64_MAX), "");
  EXPECT_EQ(frame(0), kTwice);
}

TEST_F(FrameOrderTest, TakesIdsThatGoOnOrLeaveAGap) {
  EXPECT_EQ(chunk(0, 0, 5, 0, 1), "");
  EXPECT_EQ(chunk(1, 5, 0, 1, 0), "");
  EXPECT_EQ(chunk(2, 5, 2, 1, 3), "");
  EXPECT_EQ(chunk(3, 100, 2, 50, 3), "");
  EXPECT_FALSE(order_.has_refused_chunk());
}

TEST_F(FrameOrderTest, RefusesIdsOfCallsOrExecutionsThatWereGiven) {
  chunk(0, 0, 5, 0, 2);
  EXPECT_EQ(chunk(1, 4, 1, 2, 0), kIds);
  EXPECT_EQ(chunk(2, 5, 1, 1, 5), kIds);
  EXPECT_TRUE(order_.has_refused_chunk());
  EXPECT_EQ(chunk(3, 5, 1, 2, 1), "");
}

TEST_F(FrameOrderTest, RefusesTheSummaryBehindAChunkThatIsRefused) {
  chunk(0, 0, 5);
  EXPECT_EQ(frame(1, FrameType::kSummary), "");
  chunk(2, 0, 5);
  EXPECT_EQ(frame(3, FrameType::kSummary), "it is of a chunk that is damage");
  EXPECT_EQ(frame(4, FrameType::kSummary), "");
}

// It shows when the chunk is read.
TEST_F(FrameOrderTest, TakesAChunkWhoseHeaderIsWrong) {
  chunk(0, 7, 5);
  EXPECT_EQ(frame(1, FrameType::kChunk), "");
  EXPECT_EQ(chunk(2, 12, 1), "");
}

}  // namespace
}  // namespace pgrec

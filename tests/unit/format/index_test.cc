// Covers format/index.h: the list of frames and the end of a trace.
#include "format/index.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

using layout::FrameType;

class IndexTest : public testing::Test {
 protected:
  static FrameRef frame(FrameType type, std::uint64_t stored_bytes) {
    FrameRef ref;
    ref.type = type;
    ref.stored_bytes = stored_bytes;
    return ref;
  }
  static FrameRef chunk(Timestamp first, Timestamp last) {
    FrameRef ref = frame(FrameType::kChunk, 200);
    ref.chunk = {first, last, {CallId{8}, ExecutionId{9}}, 5, 3, 1, 2};
    return ref;
  }
  static std::optional<std::vector<FrameRef>> decoded(ByteView bytes) {
    std::vector<FrameRef> frames;
    if (!decode_index(bytes, frames)) return std::nullopt;
    return frames;
  }
  static std::vector<FrameRef> there_and_back(const std::vector<FrameRef>& frames) {
    return decoded(encode_index(frames)).value();
  }
};

TEST_F(IndexTest, GivesOffsetsThatFollowFromTheLengths) {
  const auto frames = there_and_back({frame(FrameType::kMetadata, 64), frame(FrameType::kTexts, 40),
                                      frame(FrameType::kLosses, 32)});
  EXPECT_EQ(frames[0].offset, 32u);
  EXPECT_EQ(frames[1].offset, 96u);
  EXPECT_EQ(frames[2].offset, 136u);
}

TEST_F(IndexTest, GoesOnWhereTheIndexFrameBeforeItEnded) {
  std::vector<FrameRef> frames;
  ASSERT_TRUE(decode_index(encode_index(std::vector{frame(FrameType::kMetadata, 64)}), frames));
  ASSERT_TRUE(decode_index(encode_index(std::vector{frame(FrameType::kTexts, 40)}), frames));
  EXPECT_EQ(frames.at(1).offset, 96u);
  EXPECT_EQ(frames.at(1).sequence, 1u);
}

TEST_F(IndexTest, NumbersTheFrames) {
  const auto frames =
      there_and_back({frame(FrameType::kMetadata, 64), frame(FrameType::kTexts, 40)});
  EXPECT_EQ(frames[0].sequence, 0u);
  EXPECT_EQ(frames[1].sequence, 1u);
}

TEST_F(IndexTest, KeepsTypeAndFlags) {
  FrameRef strange = frame(static_cast<FrameType>(0x55), 40);
  strange.flags = 3;
  const auto frames = there_and_back({strange});
  EXPECT_EQ(frames[0].type, strange.type);
  EXPECT_EQ(frames[0].flags, 3u);
}

TEST_F(IndexTest, KeepsTheHeadersOfChunks) {
  const FrameRef written = chunk(from_ns(10), from_ns(20));
  EXPECT_EQ(there_and_back({written})[0].chunk, written.chunk);
}

TEST_F(IndexTest, RefusesAChunkThatEndsBeforeItBegins) {
  EXPECT_FALSE(decoded(encode_index(std::vector{chunk(from_ns(20), from_ns(10))})));
}

TEST_F(IndexTest, RefusesAFrameSmallerThanItsHeader) {
  EXPECT_FALSE(decoded(encode_index(std::vector{frame(FrameType::kTexts, 31)})));
}

TEST_F(IndexTest, RefusesEveryIndexCutShort) {
  const Bytes whole =
      encode_index(std::vector{frame(FrameType::kTexts, 64), chunk(from_ns(1), from_ns(2))});
  for (std::size_t n = 0; n < whole.size(); ++n) {
    ASSERT_FALSE(decoded(ByteView(whole).first(n))) << n;
  }
}

TEST(TraceEnd, ComesBack) {
  const auto end = decode_end(encode_end({1, from_ns(2), 3, 4, 5, 6})).value();
  EXPECT_EQ(end.index_offset, 1u);
  EXPECT_EQ(end.end, from_ns(2));
  EXPECT_EQ(end.calls, 3u);
  EXPECT_EQ(end.executions, 4u);
  EXPECT_EQ(end.events, 5u);
  EXPECT_EQ(end.lost_events, 6u);
}

TEST(TraceEnd, TakesTheBytesThatItsFrameIsFoundBy) {
  EXPECT_EQ(encode_end({}).size(), layout::kEndPayloadBytes);
}

TEST(TraceEnd, IsRefusedBeforeTheBeginning) {
  EXPECT_FALSE(decode_end(encode_end({1, from_ns(-1), 3, 4, 5, 6})));
}

TEST(TraceEnd, IsRefusedCutShort) {
  Bytes bytes = encode_end({});
  bytes.pop_back();
  EXPECT_FALSE(decode_end(bytes));
}

}  // namespace
}  // namespace pgrec

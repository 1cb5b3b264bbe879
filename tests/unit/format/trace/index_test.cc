// Covers format/trace/index.h: the list of frames and the end of a trace.
#include "format/trace/index.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

using layout::FrameType;

class IndexTest : public testing::Test {
 protected:
  static constexpr std::uint64_t kFirst = 32;

  void add(FrameType type, std::uint32_t stored_bytes, std::uint8_t flags = 0) {
    FrameRef frame;
    frame.type = type;
    frame.flags = flags;
    frame.stored_bytes = stored_bytes;
    const ChunkHeader* header = type == FrameType::kChunk ? &chunk_ : nullptr;
    list_.add(frame, header);
  }
  // The index frames of the list.
  std::vector<Bytes> encoded() const {
    std::vector<Bytes> all;
    for (std::size_t frame = 0, chunk = 0; frame < list_.frames.size();)
      all.push_back(encode_index(list_, frame, chunk));
    return all;
  }
  static std::optional<FrameList> decoded(const std::vector<Bytes>& indexes) {
    FrameList list;
    for (const Bytes& index : indexes) {
      if (!decode_index(index, kFirst, list)) return std::nullopt;
    }
    return list;
  }
  FrameList there_and_back() const { return decoded(encoded()).value(); }
  static ChunkHeader some_chunk() {
    ChunkHeader header;
    header.first = from_ns(10);
    header.last = from_ns(20);
    header.ids = {CallId{8}, ExecutionId{9}};
    header.events = 5;
    header.calls = 3;
    header.executions = 1;
    header.threads = 2;
    header.longest = Duration(7);
    header.functions = 1ull << 63;
    header.processes = 1;
    return header;
  }

  FrameList list_;
  ChunkHeader chunk_ = some_chunk();  // of the next chunk that is added
};

TEST_F(IndexTest, GivesOffsetsThatFollowFromTheLengths) {
  add(FrameType::kMetadata, 64);
  add(FrameType::kTexts, 40);
  add(FrameType::kLosses, 32);
  const FrameList list = there_and_back();
  EXPECT_EQ(list.frames.at(0).offset, 32u);
  EXPECT_EQ(list.frames.at(1).offset, 96u);
  EXPECT_EQ(list.frames.at(2).offset, 136u);
}

TEST_F(IndexTest, NumbersTheFrames) {
  add(FrameType::kMetadata, 64);
  add(FrameType::kTexts, 40);
  const FrameList list = there_and_back();
  EXPECT_EQ(list.frames.at(0).sequence, 0u);
  EXPECT_EQ(list.frames.at(1).sequence, 1u);
}

TEST_F(IndexTest, KeepsTypeAndFlags) {
  add(static_cast<FrameType>(0x55), 40, 3);
  const FrameList list = there_and_back();
  EXPECT_EQ(list.frames.at(0).type, static_cast<FrameType>(0x55));
  EXPECT_EQ(list.frames.at(0).flags, 3u);
}

TEST_F(IndexTest, KeepsTheHeadersOfChunks) {
  add(FrameType::kMetadata, 64);
  add(FrameType::kChunk, 200);
  const FrameList list = there_and_back();
  EXPECT_EQ(list.chunks.at(0).header, chunk_);
  EXPECT_EQ(list.chunks.at(0).frame.offset, 96u);
}

TEST_F(IndexTest, TakesSeveralFramesForALongList) {
  constexpr std::uint32_t kFrames = 2 * kIndexFrames + 1;
  for (std::uint32_t i = 0; i < kFrames; ++i) {
    chunk_.events = 5 + i;
    add(i % 3 == 0 ? FrameType::kChunk : FrameType::kTexts, 40 + 8 * (i % 5));
  }
  const std::vector<Bytes> indexes = encoded();
  ASSERT_EQ(indexes.size(), 3u);
  const FrameList list = decoded(indexes).value();
  ASSERT_EQ(list.frames.size(), kFrames);
  std::uint64_t offset = kFirst;
  for (std::uint32_t i = 0; i < kFrames; ++i) {
    ASSERT_EQ(list.frames[i].offset, offset);
    ASSERT_EQ(list.frames[i].sequence, i);
    offset += 40 + 8 * (i % 5);
  }
  ASSERT_EQ(list.chunks.size(), (kFrames + 2) / 3);
  for (std::uint32_t i = 0; i < list.chunks.size(); ++i)
    ASSERT_EQ(list.chunks[i].header.events, 5 + 3 * i);
}

TEST_F(IndexTest, RefusesMoreFramesThanAnIndexFrameLists) {
  Bytes index;
  put_varint(index, kIndexFrames + 1);
  for (std::size_t i = 0; i <= kIndexFrames; ++i)
    index.insert(index.end(), {3, 0, 40});
  FrameList list;
  EXPECT_FALSE(decode_index(index, kFirst, list));
}

// A trace of two million frames is written in a few megabytes of memory.
TEST_F(IndexTest, IsBuiltOfAnyNumberOfFrames) {
  constexpr std::uint64_t kFrames = 500 * kIndexFrames + 5;
  IndexBuilder builder;
  FrameRef frame;
  for (std::uint64_t i = 0; i < kFrames; ++i) {
    const bool is_chunk = i % 5 == 0;
    frame.type = is_chunk ? FrameType::kChunk : FrameType::kTexts;
    frame.stored_bytes = 40;
    chunk_.events = 5 + static_cast<std::uint32_t>(i / 5);
    builder.add(frame, is_chunk ? &chunk_ : nullptr);
  }
  EXPECT_EQ(builder.frames(), kFrames);
  EXPECT_EQ(builder.chunks(), kFrames / 5);
  std::uint64_t indexes = 0, frames = 0, events = 5;
  builder.take([&](const Bytes& index) {
    FrameList list;
    ASSERT_TRUE(decode_index(index, kFirst, list));
    ++indexes;
    frames += list.frames.size();
    for (const ChunkRef& chunk : list.chunks)
      ASSERT_EQ(chunk.header.events, events++);
  });
  EXPECT_EQ(indexes, 501u);
  EXPECT_EQ(frames, kFrames);
  EXPECT_EQ(builder.frames(), 0u);
}

TEST_F(IndexTest, RefusesAChunkThatEndsBeforeItBegins) {
  chunk_.last = from_ns(9);
  add(FrameType::kChunk, 200);
  EXPECT_FALSE(decoded(encoded()));
}

TEST_F(IndexTest, RefusesAFrameSmallerThanItsHeader) {
  add(FrameType::kTexts, 31);
  EXPECT_FALSE(decoded(encoded()));
}

TEST_F(IndexTest, RefusesEveryIndexCutShort) {
  add(FrameType::kTexts, 64);
  add(FrameType::kChunk, 200);
  const Bytes whole = encoded().at(0);
  for (std::size_t n = 0; n < whole.size(); ++n) {
    FrameList list;
    ASSERT_FALSE(decode_index(ByteView(whole).first(n), kFirst, list)) << n;
  }
}

TEST_F(IndexTest, RefusesBytesLeftOver) {
  add(FrameType::kTexts, 64);
  std::vector<Bytes> indexes = encoded();
  indexes[0].push_back(0);
  EXPECT_FALSE(decoded(indexes));
}

TEST_F(IndexTest, RefusesMoreFramesThanBytes) {
  FrameList list;
  EXPECT_FALSE(decode_index(Bytes{0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 1, 0, 40}, kFirst, list));
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

TEST(TraceEnd, IsRefusedBeyondTheBounds) {
  const std::int64_t most = 1ll << 60;
  EXPECT_TRUE(decode_end(encode_end({1, from_ns(most - 1), 1ull << 60, 1ull << 60, 5, 6})));
  EXPECT_FALSE(decode_end(encode_end({1, from_ns(most), 3, 4, 5, 6})));
  EXPECT_FALSE(decode_end(encode_end({1, from_ns(2), (1ull << 60) + 1, 4, 5, 6})));
  EXPECT_FALSE(decode_end(encode_end({1, from_ns(2), 3, (1ull << 60) + 1, 5, 6})));
}

TEST(TraceEnd, IsRefusedCutShort) {
  Bytes bytes = encode_end({});
  bytes.pop_back();
  EXPECT_FALSE(decode_end(bytes));
}

}  // namespace
}  // namespace pgrec

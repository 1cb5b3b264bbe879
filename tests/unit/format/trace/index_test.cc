// Covers format/trace/index.h: the list of frames and the end of a trace.
#include "format/trace/index.h"

#include <gtest/gtest.h>

#include "format/frame/frame.h"

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
  Bytes encoded() const { return encode_index(list_); }
  static std::optional<FrameList> decoded(ByteView index) { return decode_index(index, kFirst, 0); }
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

TEST_F(IndexTest, RefusesMoreFramesThanAnIndexFrameLists) {
  Bytes index;
  put_varint(index, kIndexFrames + 1);
  for (std::size_t i = 0; i <= kIndexFrames; ++i)
    index.insert(index.end(), {3, 0, 40});
  EXPECT_FALSE(decoded(index));
}

// A trace of two million frames is written in a few megabytes of memory.
TEST_F(IndexTest, TakesSeveralFramesForALongList) {
  constexpr std::uint64_t kIndexes = 501, kFrames = (kIndexes - 1) * kIndexFrames + 5;
  const auto bytes_of = [](std::uint64_t i) { return 40 + 8 * static_cast<std::uint32_t>(i % 5); };
  IndexBuilder builder;
  FrameRef frame;
  for (std::uint64_t i = 0; i < kFrames; ++i) {
    const bool is_chunk = i % 3 == 0;
    frame.type = is_chunk ? FrameType::kChunk : FrameType::kTexts;
    frame.stored_bytes = bytes_of(i);
    chunk_.events = 5 + static_cast<std::uint32_t>(i / 3);
    builder.add(frame, is_chunk ? &chunk_ : nullptr);
  }
  EXPECT_EQ(builder.frames(), kFrames);
  EXPECT_EQ(builder.chunks(), (kFrames + 2) / 3);
  Bytes indexes;
  EXPECT_EQ(builder.take(indexes), kFrames + kIndexes);
  EXPECT_EQ(builder.frames(), 0u);
  std::uint64_t sequence = kFrames, listed = 0, offset = kFirst;
  for (ByteView rest(indexes); !rest.empty(); ++sequence) {
    const FrameHeader header = get_frame_header(rest).value();
    ASSERT_EQ(header.type, FrameType::kIndex);
    ASSERT_EQ(header.sequence, sequence);
    const ByteView stored = rest.first(header.stored_bytes());
    const char* reason = nullptr;
    const auto payload = open_payload(header, Bytes(stored.begin(), stored.end()), reason);
    const FrameList list = decode_index(payload.value().rest(), offset, listed).value();
    auto chunk = list.chunks.begin();
    for (const FrameRef& one : list.frames) {
      ASSERT_EQ(one.offset, offset);
      ASSERT_EQ(one.sequence, listed);
      ASSERT_EQ(one.stored_bytes, bytes_of(listed));
      if (one.type == FrameType::kChunk) {
        ASSERT_EQ((chunk++)->header.events, 5 + listed / 3);
      }
      offset = one.end();
      ++listed;
    }
    rest = rest.subspan(stored.size());
  }
  EXPECT_EQ(sequence, kFrames + kIndexes);
  EXPECT_EQ(listed, kFrames);
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
  const Bytes whole = encoded();
  for (std::size_t n = 0; n < whole.size(); ++n)
    ASSERT_FALSE(decoded(ByteView(whole).first(n))) << n;
}

TEST_F(IndexTest, RefusesBytesLeftOver) {
  add(FrameType::kTexts, 64);
  Bytes index = encoded();
  index.push_back(0);
  EXPECT_FALSE(decoded(index));
}

TEST_F(IndexTest, RefusesMoreFramesThanBytes) {
  EXPECT_FALSE(decoded(Bytes{0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 1, 0, 40}));
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

// Covers format/frame/frame.h: the envelope, its padding and compression, and that every flipped
// byte of it is noticed.
#include "format/frame/frame.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "format/error.h"
#include "format/frame/checksum.h"

namespace pgrec {
namespace {

using layout::FrameType;

Bytes text(std::string_view characters) {
  return {characters.begin(), characters.end()};
}

class FrameTest : public testing::Test {
 protected:
  void put(const Bytes& plain, const Bytes& rest) {
    bytes_.clear();
    put_frame(bytes_, FrameType::kChunk, 7, plain, rest, layout::kFlagAncillary);
  }
  void flip_byte_at(std::size_t offset) { bytes_[offset] ^= 0xFF; }
  std::optional<FrameHeader> header() const { return get_frame_header(bytes_); }
  // The payload; nothing where the header or the payload is refused.
  std::optional<FramePayload> opened() {
    const auto found = header();
    if (!found) return std::nullopt;
    return open_payload(*found, bytes_, reason_);
  }
  static std::string as_text(ByteView view) { return {view.begin(), view.end()}; }

  Bytes bytes_;
  const char* reason_ = "";
};

TEST_F(FrameTest, GivesBackPlainPartAndRest) {
  put(text("plain"), text("the rest"));
  const auto payload = opened();
  EXPECT_EQ(as_text(payload->plain()), "plain");
  EXPECT_EQ(as_text(payload->rest()), "the rest");
}

TEST_F(FrameTest, KeepsWhatItsHeaderSays) {
  put(text("plain"), text("the rest"));
  EXPECT_EQ(header()->type, FrameType::kChunk);
  EXPECT_EQ(header()->flags, layout::kFlagAncillary);
  EXPECT_EQ(header()->sequence, 7u);
  EXPECT_EQ(header()->plain_bytes, 5u);
  EXPECT_EQ(header()->payload_bytes, 13u);
  EXPECT_EQ(header()->raw_bytes, 0u);
}

TEST_F(FrameTest, IsPaddedToItsAlignment) {
  for (std::size_t rest = 0; rest < 20; ++rest) {
    put({}, Bytes(rest, 1));
    ASSERT_EQ(bytes_.size() % layout::kFrameAlignment, 0u);
    ASSERT_EQ(bytes_.size(), header()->stored_bytes());
  }
}

TEST_F(FrameTest, CompressesWhatGetsSmaller) {
  put(text("plain"), Bytes(10'000, 'x'));
  EXPECT_EQ(header()->flags, layout::kFlagAncillary | layout::kFlagCompressed);
  EXPECT_EQ(header()->raw_bytes, 10'000u);
  EXPECT_EQ(as_text(opened()->rest()), std::string(10'000, 'x'));
}

TEST_F(FrameTest, HoldsNothing) {
  put({}, {});
  EXPECT_EQ(bytes_.size(), layout::kFrameHeaderBytes);
  EXPECT_TRUE(opened()->rest().empty());
}

TEST_F(FrameTest, RefusesEveryFlippedByteOfTheHeaderAndThePlainPart) {
  put(text("plain"), text("the rest"));
  for (std::size_t at = 0; at < layout::kFrameHeaderBytes + 5; ++at) {
    flip_byte_at(at);
    ASSERT_FALSE(header()) << at;
    flip_byte_at(at);
  }
}

TEST_F(FrameTest, RefusesEveryFlippedByteOfTheRest) {
  put(text("plain"), text("the rest"));
  for (std::size_t at = 5; at < 13; ++at) {
    flip_byte_at(layout::kFrameHeaderBytes + at);
    ASSERT_FALSE(opened()) << at;
    ASSERT_STREQ(reason_, "the checksum does not match");
    flip_byte_at(layout::kFrameHeaderBytes + at);
  }
}

TEST_F(FrameTest, RefusesAHeaderCutShort) {
  put({}, {});
  bytes_.pop_back();
  EXPECT_FALSE(header());
}

TEST_F(FrameTest, RefusesPayloadOfAnotherLength) {
  put({}, text("the rest"));
  const auto whole = header();
  bytes_.pop_back();
  EXPECT_FALSE(open_payload(*whole, bytes_, reason_));
}

TEST_F(FrameTest, RefusesRawBytesThatAreNotThoseCompressed) {
  put({}, Bytes(10'000, 'x'));
  FrameHeader wrong = *header();
  wrong.raw_bytes = 9'999;
  EXPECT_FALSE(open_payload(wrong, bytes_, reason_));
  EXPECT_STREQ(reason_, "the compressed data is wrong");
}

// Compressed data of no bytes is not the bytes it is compressed to.
TEST_F(FrameTest, CompressedNothingIsNothing) {
  put({}, Bytes(10'000, 'x'));
  FrameHeader empty = *header();
  const Bytes zstd_of_nothing = {0x28, 0xB5, 0x2F, 0xFD, 0x20, 0x00, 0x01, 0x00, 0x00};
  empty.raw_bytes = 0;
  empty.payload_bytes = static_cast<std::uint32_t>(zstd_of_nothing.size());
  empty.payload_crc32c = crc32c(zstd_of_nothing);
  bytes_.resize(layout::kFrameHeaderBytes);
  put_bytes(bytes_, zstd_of_nothing.data(), zstd_of_nothing.size());
  const auto payload = open_payload(empty, bytes_, reason_);
  ASSERT_TRUE(payload) << reason_;
  EXPECT_EQ(payload->rest().size(), 0u);
}

TEST_F(FrameTest, RefusesToWriteMoreThanItsBound) {
  EXPECT_THROW(put({}, Bytes(layout::kMaxRawBytes + 1, 'x')), Error);
}

}  // namespace
}  // namespace pgrec

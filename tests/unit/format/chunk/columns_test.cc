// Covers format/chunk/columns.h: columns stored and compressed, unknown ones, and bytes that are
// none.
#include "format/chunk/columns.h"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>

#include "format/frame/compress.h"
#include "format/layout.h"

namespace pgrec {
namespace {

constexpr std::uint8_t kStored = 0, kZstd = 1;

class ColumnsTest : public testing::Test {
 protected:
  void put(std::uint64_t id, const Bytes& raw) { put_column(bytes_, id, raw); }
  // A column as it stands in a file.
  void put_as_is(std::uint64_t id, std::uint8_t codec, std::uint64_t raw_bytes,
                 const Bytes& stored) {
    put_varint(bytes_, id);
    bytes_.push_back(codec);
    put_varint(bytes_, raw_bytes);
    if (codec != kStored) put_varint(bytes_, stored.size());
    put_bytes(bytes_, stored.data(), stored.size());
  }
  bool found() { return columns_.find(bytes_); }
  // What column `id` holds; nothing where it cannot be opened.
  std::optional<Bytes> open(std::uint64_t id) {
    Bytes buffer;
    const auto content = columns_.open(id, buffer);
    if (!content) return std::nullopt;
    return Bytes(content->begin(), content->end());
  }
  static Bytes compressed(const Bytes& raw) {
    Bytes out;
    compress(raw, out);
    return out;
  }
  static Bytes noise(std::size_t bytes) {
    std::mt19937 random(1);
    Bytes all(bytes);
    for (std::uint8_t& byte : all)
      byte = static_cast<std::uint8_t>(random());
    return all;
  }

  Bytes bytes_;
  Columns columns_;
};

TEST_F(ColumnsTest, AreWrittenAsTheHeaderSays) {
  put(3, {4, 6});
  EXPECT_EQ(bytes_, (Bytes{3, kStored, 2, 4, 6}));
}

TEST_F(ColumnsTest, ComeBack) {
  put(1, {1, 2, 3});
  put(UINT64_MAX, {9});
  ASSERT_TRUE(found());
  EXPECT_EQ(open(1), (Bytes{1, 2, 3}));
  EXPECT_EQ(open(UINT64_MAX), Bytes{9});
}

TEST_F(ColumnsTest, AreCompressedWhereThatIsWorthIt) {
  put(1, Bytes(10'000, 'x'));
  EXPECT_EQ(bytes_[1], kZstd);
  EXPECT_LT(bytes_.size(), 100u);
  ASSERT_TRUE(found());
  EXPECT_EQ(open(1), Bytes(10'000, 'x'));
}

TEST_F(ColumnsTest, OfNoiseAreStored) {
  put(1, noise(10'000));
  EXPECT_EQ(bytes_[1], kStored);
  ASSERT_TRUE(found());
  EXPECT_EQ(open(1), noise(10'000));
}

TEST_F(ColumnsTest, OfNothingAreNotWritten) {
  put(1, {});
  EXPECT_EQ(bytes_, Bytes{});
}

TEST_F(ColumnsTest, ThatAreNotThereAreEmpty) {
  ASSERT_TRUE(found());
  EXPECT_EQ(open(1), Bytes{});
}

TEST_F(ColumnsTest, ThatAreUnknownArePassedOver) {
  put(77, noise(300));
  put(5, {1});
  put_as_is(78, 250, 4, {1, 2, 3});  // of a codec that is not known
  put(6, {2});
  ASSERT_TRUE(found());
  EXPECT_EQ(open(5), Bytes{1});
  EXPECT_EQ(open(6), Bytes{2});
}

TEST_F(ColumnsTest, OfAnUnknownCodecAreNotOpened) {
  put_as_is(5, 2, 3, {1, 2, 3});
  ASSERT_TRUE(found());
  EXPECT_EQ(open(5), std::nullopt);
}

TEST_F(ColumnsTest, OfOtherThanTheDeclaredBytesAreNotOpened) {
  for (const std::uint64_t declared : {0u, 999u, 1001u}) {
    bytes_.clear();
    put_as_is(5, kZstd, declared, compressed(Bytes(1000, 'x')));
    ASSERT_TRUE(found());
    ASSERT_EQ(open(5), std::nullopt) << declared;
  }
}

TEST_F(ColumnsTest, ThatAreNotCompressedDataAreNotOpened) {
  put_as_is(5, kZstd, 3, {1, 2, 3});
  ASSERT_TRUE(found());
  EXPECT_EQ(open(5), std::nullopt);
}

TEST_F(ColumnsTest, AreOpenedAgainAfterOnesThatAreWrong) {
  put_as_is(5, kZstd, 3, {1, 2, 3});
  ASSERT_TRUE(found());
  EXPECT_EQ(open(5), std::nullopt);
  bytes_.clear();
  put(5, {7});
  ASSERT_TRUE(found());
  EXPECT_EQ(open(5), Bytes{7});
}

TEST_F(ColumnsTest, AreRefusedWithMoreRawBytesThanTheBound) {
  put_as_is(5, kZstd, layout::kMaxRawBytes + 1, {1});
  EXPECT_FALSE(found());
}

TEST_F(ColumnsTest, AreRefusedWithMoreRawBytesThanTheBoundTogether) {
  put_as_is(5, kZstd, layout::kMaxRawBytes, {1});
  ASSERT_TRUE(found());
  put(6, {1});
  EXPECT_FALSE(found());
}

// An id is not cut to fewer bits: this one is not that of column 5.
TEST_F(ColumnsTest, OfAnIdThatALaterVersionGivesArePassedOver) {
  put((1ull << 32) + 5, {1});
  put(5, {2});
  ASSERT_TRUE(found());
  EXPECT_EQ(open(5), Bytes{2});
}

TEST_F(ColumnsTest, ThatStandTwiceAreWhatTheFirstIs) {
  put_as_is(5, kZstd, 3, {1, 2, 3});
  put(5, {7});
  put(6, {8});
  put(6, {9});
  ASSERT_TRUE(found());
  EXPECT_EQ(open(5), std::nullopt);
  EXPECT_EQ(open(6), Bytes{8});
}

TEST_F(ColumnsTest, AreRefusedInGreaterNumberThanTheBound) {
  for (std::uint32_t i = 0; i < layout::kMaxChunkColumns; ++i)
    put(i, {1});
  ASSERT_TRUE(found());
  put(1, {1});
  EXPECT_FALSE(found());
}

TEST_F(ColumnsTest, AreRefusedCutShort) {
  put(1, {1, 2, 3});
  const std::size_t first = bytes_.size();
  put(2, Bytes(1000, 'x'));
  const Bytes whole = bytes_;
  for (std::size_t n = 1; n < whole.size(); ++n) {
    bytes_.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n));
    ASSERT_EQ(found(), n == first) << n;
  }
}

}  // namespace
}  // namespace pgrec

// Covers format/frame/bytes.h: fixed-width integers, varints, strings, and reading past the end.
#include "format/frame/bytes.h"

#include <gtest/gtest.h>

#include <limits>
#include <optional>

namespace pgrec {
namespace {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();

Bytes varint_of(std::uint64_t v) {
  Bytes out;
  put_varint(out, v);
  return out;
}

std::uint64_t there_and_back(std::uint64_t v) {
  const Bytes bytes = varint_of(v);
  ByteReader in(bytes);
  const std::uint64_t back = in.varint();
  EXPECT_TRUE(in.ok() && in.at_end());
  return back;
}

TEST(Bytes, WritesIntegersLittleEndian) {
  Bytes out;
  put_u16(out, 0x0102);
  put_u32(out, 0x03040506);
  put_u64(out, 0x0708090A0B0C0D0E);
  EXPECT_EQ(out, (Bytes{2, 1, 6, 5, 4, 3, 0x0E, 0x0D, 0x0C, 0x0B, 0x0A, 9, 8, 7}));
}

TEST(Bytes, WritesStringAfterItsLength) {
  Bytes out;
  put_string(out, "ab");
  EXPECT_EQ(out, (Bytes{2, 'a', 'b'}));
}

TEST(Varint, HasTheExampleOfItsHeader) {
  EXPECT_EQ(varint_of(300), (Bytes{0xAC, 0x02}));
}

TEST(Varint, TakesOneByteUpTo127) {
  EXPECT_EQ(varint_of(127), (Bytes{0x7F}));
  EXPECT_EQ(varint_of(128), (Bytes{0x80, 0x01}));
}

TEST(Varint, TakesTenBytesForTheLargest) {
  EXPECT_EQ(varint_of(kMax), (Bytes{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01}));
}

TEST(Varint, ComesBackAtEveryPowerOfTwo) {
  for (unsigned bit = 0; bit < 64; ++bit) {
    const std::uint64_t power = std::uint64_t{1} << bit;
    ASSERT_EQ(there_and_back(power), power);
    ASSERT_EQ(there_and_back(power - 1), power - 1);
  }
  EXPECT_EQ(there_and_back(kMax), kMax);
}

// Reads `bytes` that the test names; expects a reader that ends not ok.
class BadBytes : public testing::Test {
 protected:
  ByteReader& reading(Bytes bytes) {
    bytes_ = std::move(bytes);
    return reader_.emplace(bytes_);
  }
  void TearDown() override { EXPECT_FALSE(reader_->ok()); }

 private:
  Bytes bytes_;
  std::optional<ByteReader> reader_;
};

TEST_F(BadBytes, VarintOver64BitsIsZero) {
  EXPECT_EQ(reading({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02}).varint(), 0u);
}

TEST_F(BadBytes, VarintOfElevenBytesIsZero) {
  EXPECT_EQ(reading({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0}).varint(), 0u);
}

TEST_F(BadBytes, VarintThatDoesNotEndIsZero) {
  EXPECT_EQ(reading({0x85}).varint(), 0u);
}

TEST_F(BadBytes, VarintOfNothingIsZero) {
  EXPECT_EQ(reading({}).varint(), 0u);
}

TEST_F(BadBytes, VarintAtItsLimitIsZero) {
  EXPECT_EQ(reading({5}).varint_below(5), 0u);
}

TEST_F(BadBytes, FixedWidthPastTheEndIsZero) {
  EXPECT_EQ(reading({1, 2, 3}).u32(), 0u);
}

TEST_F(BadBytes, BytesPastTheEndAreNone) {
  EXPECT_TRUE(reading({1, 2}).bytes(3).empty());
}

TEST_F(BadBytes, StringPastTheEndIsEmpty) {
  EXPECT_EQ(reading({3, 'a', 'b'}).string(), "");
}

TEST_F(BadBytes, StringOfTheLargestLengthIsEmpty) {
  EXPECT_EQ(reading({0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 'a'}).string(),
            "");
}

TEST_F(BadBytes, StaysNotOkAfterTheEnd) {
  ByteReader& in = reading({1});
  in.u16();
  EXPECT_EQ(in.u8(), 0u);
  EXPECT_TRUE(in.at_end());
}

TEST_F(BadBytes, CountOfMoreElementsThanFitIsRefused) {
  EXPECT_FALSE(reading({0, 0, 0, 0, 0}).can_hold(3, 2));
}

TEST_F(BadBytes, LargestCountIsRefused) {
  EXPECT_FALSE(reading({0, 0, 0, 0}).can_hold(kMax, 4));
}

TEST(ByteReader, ReadsVarintBelowItsLimit) {
  const Bytes bytes = {4};
  ByteReader in(bytes);
  EXPECT_EQ(in.varint_below(5), 4u);
  EXPECT_TRUE(in.ok());
}

TEST(ByteReader, HoldsAsManyElementsAsFit) {
  const Bytes bytes(5);
  ByteReader in(bytes);
  EXPECT_TRUE(in.can_hold(2, 2));
  EXPECT_EQ(in.remaining_bytes(), 5u);
}

TEST(ByteReader, ReadsEmptyStringAtTheEnd) {
  const Bytes bytes = {0};
  ByteReader in(bytes);
  EXPECT_EQ(in.string(), "");
  EXPECT_TRUE(in.ok() && in.at_end());
}

}  // namespace
}  // namespace pgrec

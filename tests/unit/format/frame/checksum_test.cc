// Covers format/frame/checksum.h: the vectors of RFC 3720 section B.4, and that both ways agree.
#include "format/frame/checksum.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

namespace pgrec {
namespace {

class Crc32cVectors : public testing::TestWithParam<std::uint32_t (*)(ByteView, std::uint32_t)> {
 protected:
  std::uint32_t crc(const Bytes& data) const { return GetParam()(data, 0); }
};

TEST_P(Crc32cVectors, NothingIsZero) {
  EXPECT_EQ(crc({}), 0u);
}

TEST_P(Crc32cVectors, CheckValue) {
  EXPECT_EQ(crc({'1', '2', '3', '4', '5', '6', '7', '8', '9'}), 0xE3069283u);
}

TEST_P(Crc32cVectors, ThirtyTwoZeroes) {
  EXPECT_EQ(crc(Bytes(32, 0x00)), 0x8A9136AAu);
}

TEST_P(Crc32cVectors, ThirtyTwoOnes) {
  EXPECT_EQ(crc(Bytes(32, 0xFF)), 0x62A8AB43u);
}

TEST_P(Crc32cVectors, Incrementing) {
  Bytes data(32);
  std::iota(data.begin(), data.end(), std::uint8_t{0});
  EXPECT_EQ(crc(data), 0x46DD794Eu);
}

TEST_P(Crc32cVectors, Decrementing) {
  Bytes data(32);
  std::iota(data.rbegin(), data.rend(), std::uint8_t{0});
  EXPECT_EQ(crc(data), 0x113FDB5Cu);
}

TEST_P(Crc32cVectors, IscsiReadCommand) {
  Bytes pdu(48);
  pdu[0] = 0x01, pdu[1] = 0xC0;
  pdu[16] = 0x14, pdu[22] = 0x04, pdu[27] = 0x14, pdu[31] = 0x18, pdu[32] = 0x28, pdu[40] = 0x02;
  EXPECT_EQ(crc(pdu), 0xD9963A56u);
}

INSTANTIATE_TEST_SUITE_P(BothWays, Crc32cVectors, testing::Values(&crc32c, &crc32c_by_table),
                         [](const auto& way) { return way.param == &crc32c ? "Best" : "Table"; });

class Crc32cOfRandomBytes : public testing::Test {
 protected:
  ByteView first(std::size_t count) const { return ByteView(data_).first(count); }
  ByteView from(std::size_t start) const { return ByteView(data_).subspan(start); }

 private:
  static Bytes random_bytes() {
    std::mt19937 random(3720);
    Bytes data(200);
    for (std::uint8_t& byte : data)
      byte = static_cast<std::uint8_t>(random());
    return data;
  }
  Bytes data_ = random_bytes();
};

TEST_F(Crc32cOfRandomBytes, InstructionAgreesWithTableAtEveryLength) {
  for (std::size_t n = 0; n <= 200; ++n)
    ASSERT_EQ(crc32c(first(n)), crc32c_by_table(first(n))) << n;
}

TEST_F(Crc32cOfRandomBytes, InstructionAgreesWithTableAtEveryStart) {
  for (std::size_t n = 0; n <= 200; ++n)
    ASSERT_EQ(crc32c(from(n)), crc32c_by_table(from(n))) << n;
}

TEST_F(Crc32cOfRandomBytes, ContinuesFromSeed) {
  for (std::size_t n = 0; n <= 200; ++n) {
    ASSERT_EQ(crc32c(from(n), crc32c(first(n))), crc32c(first(200))) << n;
  }
}

TEST_F(Crc32cOfRandomBytes, ContinuesFromSeedByTable) {
  for (std::size_t n = 0; n <= 200; ++n) {
    ASSERT_EQ(crc32c_by_table(from(n), crc32c_by_table(first(n))), crc32c(first(200))) << n;
  }
}

}  // namespace
}  // namespace pgrec

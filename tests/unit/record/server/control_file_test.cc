// Covers record/server/control_file.h: the sizes in a cluster's pg_control.
#include "record/server/control_file.h"

#include <gtest/gtest.h>

#include <cstring>

namespace pgrec {
namespace {

// A file with the fields behind `at` bytes of others, 8192 bytes long.
class ControlFileTest : public testing::Test {
 protected:
  std::optional<ControlFile> parsed() const {
    Bytes bytes(8192, 0x5A);
    Bytes fields;
    put_bytes(fields, &float_format_, sizeof float_format_);
    for (const std::uint32_t field :
         {block_bytes_, 131072u, wal_block_bytes_, segment_bytes_, 64u, 32u, 1996u, 2048u})
      put_u32(fields, field);
    put_u32(fields, 1);  // float8ByVal and what pads it
    put_u32(fields, checksum_version_);
    std::memcpy(bytes.data(), &system_identifier_, sizeof system_identifier_);
    std::memcpy(bytes.data() + at_, fields.data(), fields.size());
    return parse_control_file(bytes);
  }
  std::uint64_t system_identifier_ = 0xF123456789ABCDEF;
  std::size_t at_ = 200;
  double float_format_ = 1234567.0;
  std::uint32_t block_bytes_ = 16384;
  std::uint32_t wal_block_bytes_ = 8192;
  std::uint32_t segment_bytes_ = 16 << 20;
  std::uint32_t checksum_version_ = 1;
};

TEST_F(ControlFileTest, GivesTheSizesWhereverTheyStand) {
  for (at_ = 8; at_ <= 512; at_ += 8) {
    const auto file = parsed();
    ASSERT_TRUE(file) << at_;
    EXPECT_EQ(file->system_identifier, 0xF123456789ABCDEF);
    EXPECT_EQ(file->block_bytes, 16384u);
    EXPECT_EQ(file->wal_block_bytes, 8192u);
    EXPECT_EQ(file->wal_segment_bytes, 16u << 20);
    EXPECT_EQ(file->checksum_version, 1u);
  }
}

TEST_F(ControlFileTest, IsNoneWithoutItsConstant) {
  float_format_ = 1234568.0;
  EXPECT_FALSE(parsed());
  EXPECT_FALSE(parse_control_file({}));
}

TEST_F(ControlFileTest, IsNoneWithSizesThatNoServerHas) {
  for (std::uint32_t* size : {&block_bytes_, &wal_block_bytes_, &segment_bytes_}) {
    const std::uint32_t right = *size;
    for (const std::uint32_t wrong : {0u, 512u, right + 1, 1u << 31}) {
      *size = wrong;
      EXPECT_FALSE(parsed()) << wrong;
    }
    *size = right;
  }
  EXPECT_TRUE(parsed());
}

TEST_F(ControlFileTest, IsNoneWhereItEndsTooEarly) {
  Bytes bytes;
  put_bytes(bytes, &float_format_, sizeof float_format_);
  bytes.resize(47);
  EXPECT_FALSE(parse_control_file(bytes));
}

}  // namespace
}  // namespace pgrec

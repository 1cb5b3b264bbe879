// Covers record/binary/eh_frame.h: pieces of code from the bytes of .eh_frame.
#include "record/binary/eh_frame.h"

#include <gtest/gtest.h>

#include <random>

#include "record/binary/elf_image.h"

namespace pgrec {
namespace {

constexpr std::uint64_t kSection = 0x5000;

bool operator==(const Extent& a, const Extent& b) {
  return a.address == b.address && a.bytes == b.bytes;
}

// A section, entry by entry.
class FrameExtents : public testing::Test {
 protected:
  void put_entry(const Bytes& body) {
    put_u32(section_, static_cast<std::uint32_t>(body.size()));
    section_.insert(section_.end(), body.begin(), body.end());
  }
  // Common information: what compilers for x86-64 write, addresses by `encoding`.
  void put_common(std::uint8_t encoding) {
    common_ = section_.size();
    put_entry({0, 0, 0, 0, 1, 'z', 'R', 0, 1, 0x78, 16, 1, encoding, 0x0c, 7, 8});
  }
  // A piece of code, by its distance in 32 bits.
  void put_piece(std::uint64_t address, std::uint32_t bytes) {
    Bytes body;
    put_u32(body, static_cast<std::uint32_t>(section_.size() + 4 - common_));
    put_u32(body, static_cast<std::uint32_t>(address - (kSection + section_.size() + 8)));
    put_u32(body, bytes);
    body.push_back(0);
    put_entry(body);
  }
  std::vector<Extent> extents() { return frame_extents(section_, kSection); }

  Bytes section_;
  std::size_t common_ = 0;
};

TEST_F(FrameExtents, AreThoseOfTheEntriesByAddress) {
  put_common(0x1b);
  put_piece(0x2000, 33);
  put_piece(0x1000, 7);
  const auto found = extents();
  ASSERT_EQ(found.size(), 2u);
  EXPECT_TRUE((found[0] == Extent{0x1000, 7}));
  EXPECT_TRUE((found[1] == Extent{0x2000, 33}));
}

TEST_F(FrameExtents, PassOverTheEndOfAnObjectFile) {
  put_common(0x1b);
  put_piece(0x1000, 7);
  put_u32(section_, 0);
  put_common(0x1b);
  put_piece(0x2000, 33);
  EXPECT_EQ(extents().size(), 2u);
}

TEST_F(FrameExtents, LeaveOutWhatIsWrittenInAWayThatIsNotKnown) {
  put_common(0x9b);  // indirect
  put_piece(0x1000, 7);
  put_common(0x1b);
  put_piece(0x2000, 33);
  EXPECT_EQ(extents().size(), 1u);
}

TEST_F(FrameExtents, EndWhereTheSectionIsCut) {
  put_common(0x1b);
  put_piece(0x1000, 7);
  put_piece(0x2000, 33);
  for (; !section_.empty(); section_.pop_back())
    EXPECT_LE(extents().size(), 2u);
  EXPECT_TRUE(extents().empty());
}

TEST_F(FrameExtents, EndAtALengthBeyondTheSection) {
  put_common(0x1b);
  put_piece(0x1000, 7);
  const Bytes good = section_;
  for (const std::uint64_t length :
       {UINT64_MAX, UINT64_MAX - 11, UINT64_MAX - 47, UINT64_C(1) << 40}) {
    section_ = good;
    put_u32(section_, 0xffffffff);  // the length follows in 64 bits
    put_u64(section_, length);
    put_piece(0x2000, 33);
    EXPECT_EQ(extents().size(), 1u);
  }
}

TEST_F(FrameExtents, TakeAnyBytes) {
  put_common(0x1b);
  for (int i = 0; i < 8; ++i)
    put_piece(0x1000, 7);
  const Bytes good = section_;
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) {
    section_ = good;
    for (int flips = 0; flips < 4; ++flips)
      section_[random() % section_.size()] = static_cast<std::uint8_t>(random());
    extents();
  }
}

TEST_F(FrameExtents, HoldTheFunctionsOfThisProgram) {
  const ElfImage image = read_elf("/proc/self/exe");
  const Code code = read_code("/proc/self/exe");
  ASSERT_FALSE(code.pieces.empty());
  const auto function = image.find("main");
  ASSERT_EQ(function.size(), 1u);
  const Extent* piece = code.piece_at(function.front().address);
  ASSERT_TRUE(piece);
  EXPECT_TRUE((*piece == Extent{function.front().address, function.front().bytes}));
}

}  // namespace
}  // namespace pgrec

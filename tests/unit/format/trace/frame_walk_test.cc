// Covers format/trace/frame_walk.h: a walk that stops at a limit and one that goes on from a copy.
// What it finds behind damage: frame_finder_test.cc.
#include "format/trace/frame_walk.h"

#include <gtest/gtest.h>

#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using layout::FrameType;

class FrameWalkTest : public testing::Test {
 protected:
  FrameWalkTest() {
    for (std::uint64_t i = 0; i < 3; ++i)
      put_frame(bytes_, FrameType::kTexts, i, Bytes(8, 1), {});
    write();
  }
  void write() {
    file_.replace(bytes_);
    opened_.emplace(File::open(file_.path()));
  }
  std::optional<std::uint64_t> next(FrameWalk& walk, std::uint64_t limit) {
    const auto step = walk.next(limit, false, &damages_);
    if (!step) return std::nullopt;
    return step->frame.sequence;
  }

  static constexpr std::uint64_t kFrame = 40;  // bytes of each
  Bytes bytes_;
  test::TraceFile file_;
  std::optional<File> opened_;
  Damages damages_;
};

TEST_F(FrameWalkTest, FindsAHeaderOnlyOfAFrameThatFits) {
  EXPECT_TRUE(frame_header_at(*opened_, 0, kFrame));
  EXPECT_FALSE(frame_header_at(*opened_, 0, kFrame - 1));
  EXPECT_FALSE(frame_header_at(*opened_, 8, kFrame));
  EXPECT_FALSE(frame_header_at(*opened_, kFrame, kFrame));
}

TEST_F(FrameWalkTest, StopsAtItsLimitAndGoesOnFromThere) {
  FrameWalk walk(*opened_, 0);
  EXPECT_EQ(next(walk, 2 * kFrame), 0u);
  FrameWalk copy = walk;
  EXPECT_EQ(next(walk, 2 * kFrame), 1u);
  EXPECT_EQ(next(walk, 2 * kFrame), std::nullopt);
  EXPECT_EQ(walk.offset(), 2 * kFrame);
  EXPECT_EQ(next(walk, 3 * kFrame), 2u);
  EXPECT_EQ(next(copy, 3 * kFrame), 1u);
  EXPECT_TRUE(damages_.all().empty());
}

TEST_F(FrameWalkTest, GivesTheHeaderOfTheChunkInWhichTheFileEnds) {
  ChunkHeader header;
  header.calls = header.events = 5;
  Bytes plain;
  put_chunk_header(plain, header);
  put_frame(bytes_, FrameType::kChunk, 3, plain, Bytes(200));
  bytes_.resize(bytes_.size() - 8);
  write();
  FrameWalk walk(*opened_, 0);
  while (next(walk, bytes_.size())) {
  }
  ASSERT_TRUE(walk.cut_chunk());
  EXPECT_EQ(*walk.cut_chunk(), header);
  EXPECT_EQ(walk.offset(), 3 * kFrame);
}

}  // namespace
}  // namespace pgrec

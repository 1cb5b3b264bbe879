// Covers format/trace/frame_finder.h: where frames are found behind bytes that are none, and which
// indexes are believed. What of a whole trace survives damage: trace_damage_test.cc.
#include "format/trace/frame_finder.h"

#include <gtest/gtest.h>

#include "format/trace/frame_range.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using layout::FrameType;
using Rows = std::vector<std::string>;

// A file that a test writes frame by frame, and garbage between them.
class FrameFinderTest : public testing::Test {
 protected:
  static constexpr std::uint64_t kFirst = layout::kFileHeaderBytes;

  // A frame with so many bytes behind its header.
  void frame(std::uint64_t sequence, std::size_t payload_bytes = 8,
             FrameType type = FrameType::kTexts) {
    const std::size_t begin = bytes_.size();
    put_frame(bytes_, type, sequence, Bytes(payload_bytes, 1), {});
    add_to_list(begin, type);
    next_ = sequence + 1;
  }
  void garbage(std::size_t count) { bytes_.resize(bytes_.size() + count, 0xEE); }
  // The index of what was written, and the end, which says that the index begins at `offset`.
  void close(std::optional<std::uint64_t> offset = std::nullopt) {
    const std::uint64_t index = bytes_.size();
    std::uint64_t sequence = next_;
    if (!list_.frames.empty())
      put_frame(bytes_, FrameType::kIndex, sequence++, {}, encode_index(list_));
    TraceEnd end;
    end.index_offset = offset.value_or(index);
    put_frame(bytes_, FrameType::kEnd, sequence, encode_end(end), {});
  }
  const File& written() {
    file_.replace(bytes_);
    opened_.emplace(File::open(file_.path()));
    return *opened_;
  }

  // "at 32: frame 0" of each.
  static Rows found(const FrameFinder& finder) {
    Rows rows;
    for (const FrameRef& one : finder.list().frames)
      rows.push_back("at " + std::to_string(one.offset) + ": frame " +
                     std::to_string(one.sequence));
    return rows;
  }
  static Rows told(const Damages& damages) {
    Rows rows;
    for (const Damage& one : damages.all())
      rows.push_back(std::to_string(one.bytes) + " bytes at " + std::to_string(one.offset) + ": " +
                     one.reason);
    return rows;
  }
  struct Walked {
    Rows found, told;
  };
  Walked walk() {
    FrameFinder finder(written(), kFirst);
    Damages damages;
    finder.walk(false, damages);
    return {found(finder), told(damages)};
  }
  bool is_found_by_index() {
    FrameFinder finder(written(), kFirst);
    Damages damages;
    const bool is_found = finder.find_by_index(damages);
    EXPECT_EQ(finder.list().frames.empty(), !is_found);
    EXPECT_EQ(finder.end().has_value(), is_found);
    return is_found;
  }

  Bytes bytes_ = Bytes(kFirst);
  FrameList list_;
  std::uint64_t next_ = 0;  // number of a frame
  test::TraceFile file_;
  std::optional<File> opened_;

 private:
  void add_to_list(std::size_t begin, FrameType type) {
    FrameRef one;
    one.type = type;
    one.stored_bytes = static_cast<std::uint32_t>(bytes_.size() - begin);
    list_.add(one, nullptr);
  }
};

TEST_F(FrameFinderTest, GoesOnBehindBytesThatAreNoFrame) {
  frame(0);
  garbage(16);
  frame(1);
  const Walked all = walk();
  EXPECT_EQ(all.found, (Rows{"at 32: frame 0", "at 88: frame 1"}));
  EXPECT_EQ(all.told, (Rows{"16 bytes at 72: no frame begins here"}));
}

TEST_F(FrameFinderTest, SaysHowManyFramesAreMissing) {
  frame(0);
  frame(2);
  garbage(8);
  frame(5);
  frame(4);
  EXPECT_EQ(walk().told, (Rows{"0 bytes at 72: 1 frame is unreadable or missing",
                               "8 bytes at 112: 2 frames are unreadable or missing",
                               "40 bytes at 160: the frame stands twice, or in another's place"}));
}

// A search reads block by block, and a frame may begin in one and end in the next.
TEST_F(FrameFinderTest, FindsAFrameWhereverABlockEnds) {
  constexpr std::size_t kFirstBlock = 4096;
  constexpr std::size_t kSecondEnd = kFirstBlock + 8192;
  for (const std::size_t edge : {kFirstBlock, kSecondEnd}) {
    for (std::size_t bytes = edge - 64; bytes <= edge + 64; bytes += layout::kFrameAlignment) {
      bytes_.assign(kFirst, 0);
      garbage(bytes);
      frame(0);
      const Walked all = walk();
      ASSERT_EQ(all.found, Rows{"at " + std::to_string(kFirst + bytes) + ": frame 0"}) << bytes;
      ASSERT_EQ(all.told.size(), 1u) << bytes;
    }
  }
}

TEST_F(FrameFinderTest, DoesNotBelieveAHeaderWhoseFrameEndsBehindTheFile) {
  frame(0);
  garbage(8);
  frame(1, 64);
  bytes_.resize(bytes_.size() - 8);
  const Walked all = walk();
  EXPECT_EQ(all.found, Rows{"at 32: frame 0"});
  EXPECT_EQ(all.told, Rows{"96 bytes at 72: the last frame is cut short"});
}

TEST_F(FrameFinderTest, WaitsForTheRestOfAFrameThatIsBeingWritten) {
  frame(0);
  frame(1, 64);
  const Bytes whole = bytes_;
  bytes_.resize(bytes_.size() - 8);
  FrameFinder finder(written(), kFirst);
  Damages damages;
  finder.walk(true, damages);
  EXPECT_EQ(found(finder), Rows{"at 32: frame 0"});
  file_.append(ByteView(whole).last(8));
  finder.walk(true, damages);
  EXPECT_EQ(found(finder), (Rows{"at 32: frame 0", "at 72: frame 1"}));
  EXPECT_EQ(told(damages), Rows{});
}

TEST_F(FrameFinderTest, TellsOfBytesBehindTheEnd) {
  frame(0);
  close();
  const std::size_t closed = bytes_.size();
  garbage(3);
  EXPECT_EQ(walk().told,
            Rows{"3 bytes at " + std::to_string(closed) + ": bytes after the end of the trace"});
  EXPECT_FALSE(is_found_by_index());
}

TEST_F(FrameFinderTest, HasTheSameFramesByIndexAndByWalking) {
  frame(0);
  frame(1, 100);
  close();
  FrameFinder finder(written(), kFirst);
  Damages damages;
  ASSERT_TRUE(finder.find_by_index(damages));
  Rows walked = walk().found;
  walked.resize(2);  // without the index and the end
  EXPECT_EQ(found(finder), walked);
}

TEST_F(FrameFinderTest, DoesNotBelieveAnIndexThatDoesNotReachItself) {
  frame(0);
  const std::size_t first_end = bytes_.size();
  garbage(8);
  close();
  EXPECT_FALSE(is_found_by_index());
  bytes_.resize(first_end);
  close();
  EXPECT_TRUE(is_found_by_index());
}

TEST_F(FrameFinderTest, DoesNotBelieveAnEndThatSaysNoIndex) {
  close();
  EXPECT_FALSE(is_found_by_index());
  frame(0);
  close(UINT64_MAX);
  EXPECT_FALSE(is_found_by_index());
}

TEST_F(FrameFinderTest, ReadsAFrameOnlyAsWhatItIsSaidToBe) {
  frame(0);
  frame(1);
  const File& file = written();
  const char* reason = nullptr;
  FrameRef ref{kFirst, 0, 40, FrameType::kTexts, 0};
  EXPECT_TRUE(read_frame(file, ref, reason));
  ref.type = FrameType::kLosses;
  EXPECT_FALSE(read_frame(file, ref, reason));
  EXPECT_STREQ(reason, "the frame is not what the index says");
  ref.type = FrameType::kTexts;
  ref.stored_bytes = 48;
  EXPECT_FALSE(read_frame(file, ref, reason));
  ref.stored_bytes = 40;
  ref.flags = layout::kFlagAncillary;
  EXPECT_FALSE(read_frame(file, ref, reason));
  ref.flags = 0;
  ref.sequence = 1;
  EXPECT_FALSE(read_frame(file, ref, reason));
}

TEST_F(FrameFinderTest, TakesAFrameThatStandsTwiceOnce) {
  frame(0);
  frame(1);
  frame(1);
  frame(2);
  const Walked all = walk();
  EXPECT_EQ(all.found, (Rows{"at 32: frame 0", "at 72: frame 1", "at 152: frame 2"}));
  EXPECT_EQ(all.told, Rows{"40 bytes at 112: the frame stands twice, or in another's place"});
}

// What may have been in bytes that are passed over: "yes" or "no" of each.
class WhatWasPassedOver : public FrameFinderTest {
 protected:
  // A frame whose header is whole and whose last bytes are not there.
  void cut_frame(std::uint64_t sequence, FrameType type) {
    Bytes rest;
    for (std::uint32_t i = 0; i < 64; ++i)
      put_u32(rest, i * 2'654'435'761u);  // does not compress
    put_frame(bytes_, type, sequence, {}, rest);
    bytes_.resize(bytes_.size() - 128);
  }
  Rows may_hold_chunk() {
    FrameFinder finder(written(), kFirst);
    Damages damages;
    finder.walk(false, damages);
    Rows rows;
    for (const Damage& damage : damages.all())
      rows.push_back(damage.may_hold_chunk ? "yes" : "no");
    return rows;
  }
};

TEST_F(WhatWasPassedOver, MayBeAChunkWhereNothingTells) {
  frame(0);
  garbage(16);
  EXPECT_EQ(may_hold_chunk(), Rows{"yes"});
  frame(1);
  frame(3);
  EXPECT_EQ(may_hold_chunk(), (Rows{"yes", "yes"}));
}

TEST_F(WhatWasPassedOver, IsWhatTheHeaderOfACutFrameSays) {
  for (const auto& [type, expected] : {std::pair{FrameType::kSummary, "no"},
                                       {FrameType::kTexts, "no"},
                                       {FrameType::kChunk, "yes"}}) {
    bytes_ = Bytes(kFirst);
    frame(0);
    cut_frame(1, type);
    EXPECT_EQ(may_hold_chunk(), Rows{expected});
  }
}

// The frame that was cut is not the one that was due, or is not the last that is missing.
TEST_F(WhatWasPassedOver, MayBeAChunkBesideACutFrame) {
  frame(0);
  cut_frame(2, FrameType::kTexts);
  EXPECT_EQ(may_hold_chunk(), Rows{"yes"});
  for (const auto& [next, expected] : {std::pair{2, "no"}, {3, "yes"}}) {
    bytes_ = Bytes(kFirst);
    frame(0);
    cut_frame(1, FrameType::kTexts);
    frame(static_cast<std::uint64_t>(next));
    EXPECT_EQ(may_hold_chunk(), Rows{expected}) << next;
  }
}

// Every frame, by each way to find it, whatever is held of the list.
TEST_F(FrameFinderTest, GivesAllFramesHoweverFewAreHeld) {
  for (std::uint64_t i = 0; i < 20; ++i)
    frame(i, 8 * (i % 3 + 1));
  const Bytes without_end = bytes_;
  close();
  const Bytes closed = bytes_;
  for (const bool by_index : {true, false}) {
    bytes_ = by_index ? closed : without_end;
    const File& file = written();
    for (const std::size_t held : {0u, 1u, 7u, 19u, 20u, 100u}) {
      FrameFinder finder(file, kFirst, held);
      Damages damages;
      EXPECT_EQ(finder.find_by_index(damages), by_index);
      if (!by_index) finder.walk(false, damages);
      EXPECT_EQ(finder.list().frames.size(), std::min<std::size_t>(held, 20));
      const FrameRange<FrameRef> frames(finder);
      EXPECT_EQ(frames.size(), 20u);
      std::vector<std::uint64_t> sequences;
      for (int pass = 0; pass < 2; ++pass) {
        for (const FrameRef& one : frames)
          sequences.push_back(one.sequence);
      }
      ASSERT_EQ(sequences.size(), 40u) << held;
      for (std::size_t i = 0; i < sequences.size(); ++i)
        EXPECT_EQ(sequences[i], i % 20) << held;
      EXPECT_EQ(told(damages), Rows{});
    }
  }
}

TEST_F(FrameFinderTest, TellsOfDamageBehindThoseThatAreHeld) {
  for (std::uint64_t i = 0; i < 10; ++i)
    frame(i);
  close();
  bytes_[kFirst + 8 * 40] ^= 0xFF;  // the sync word of frame 8
  FrameFinder finder(written(), kFirst, 5);
  Damages damages;
  ASSERT_TRUE(finder.find_by_index(damages));
  EXPECT_EQ(told(damages), Rows{"40 bytes at 352: 1 frame is unreadable or missing"});
  EXPECT_EQ(FrameRange<FrameRef>(finder).size(), 9u);
}

TEST_F(FrameFinderTest, GoesOnBehindThoseThatAreHeldWhileTheFileGrows) {
  frame(0);
  frame(1);
  FrameFinder finder(written(), kFirst, 1);
  Damages damages;
  finder.walk(true, damages);
  const FrameRange<FrameRef> frames(finder);
  auto next = frames.begin();
  ++next;
  EXPECT_EQ(next->sequence, 1u);
  ++next;
  EXPECT_TRUE(next == frames.end());
  bytes_.clear();
  frame(2);
  file_.append(bytes_);
  finder.walk(true, damages);
  ASSERT_FALSE(next == frames.end());
  EXPECT_EQ(next->sequence, 2u);
}

// The index reads, and says what is not so.
TEST_F(FrameFinderTest, TellsWhatIsWrongWithAnIndex) {
  frame(0);
  frame(1);
  const Bytes frames = bytes_;
  const FrameList whole = list_;
  const auto fault = [&] {
    FrameFinder finder(written(), kFirst);
    Damages damages;
    EXPECT_FALSE(finder.find_by_index(damages));
    finder.walk(false, damages);
    EXPECT_EQ(finder.frames(), 2u + 1 + 1);  // with the index and the end
    EXPECT_EQ(told(damages).size(), 1u);
    return finder.index_fault();
  };
  list_.frames.pop_back();
  close();
  EXPECT_EQ(fault(), "it does not list what stands before it");
  bytes_ = frames, list_ = whole;
  close(0);
  EXPECT_EQ(fault(), "no index frame stands where one should");
  bytes_ = frames, list_ = whole;
  close(kFirst);
  EXPECT_EQ(fault(), "it is another frame");
}

}  // namespace
}  // namespace pgrec

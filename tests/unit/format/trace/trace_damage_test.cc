// Covers format/trace/trace_reader.h and format/trace/frame_finder.h: a trace cut and flipped at
// every byte gives everything outside of the frame that was hit, and tells of it.
#include <gtest/gtest.h>

#include <random>

#include "format/frame/frame.h"
#include "format/layout.h"
#include "tests/unit/reference_trace.h"

namespace pgrec {
namespace {

using layout::FrameType;
using test::chunk_frames;
using test::Readable;
using test::without_losses;

// Damage at every byte.
class DamagedTrace : public test::ReferenceTrace {
 protected:
  // The type of the frame that holds the byte at `offset`; END for the file header and behind the
  // frames that the index lists.
  FrameType type_at(std::uint64_t offset) const {
    for (const FrameRef& frame : frames_) {
      if (offset >= frame.offset && offset < frame.end()) return frame.type;
    }
    return FrameType::kEnd;
  }
  // Everything but what stands in the chunk at `offset`, where there is one.
  Readable whole_without(std::uint64_t offset) const {
    Readable expected = whole_;
    for (const ChunkRef& chunk : chunks_) {
      if (offset < chunk.frame.offset || offset >= chunk.frame.end()) continue;
      expected.chunks.erase(value(chunk.header.ids.call));
      expected.arguments.erase(value(chunk.header.ids.call));
    }
    return expected;
  }
  // Reads the file, of which the byte at `offset` is damaged: it gives everything outside of its
  // frame, and tells of what is missing.
  void check_damage_at(std::uint64_t offset) {
    const Readable found = read();
    const FrameType type = type_at(offset);
    for (const auto& chunk : whole_without(offset).chunks)
      ASSERT_EQ(found.chunks.count(chunk.first), 1u);
    for (const auto& chunk : found.chunks)
      ASSERT_EQ(chunk.second, whole_.chunks.at(chunk.first));
    if (type != FrameType::kClasses) {
      for (const auto& chunk : found.arguments)
        ASSERT_EQ(chunk.second, whole_.arguments.at(chunk.first));
    }
    ASSERT_TRUE(type == FrameType::kTexts || found.texts == whole_.texts);
    ASSERT_TRUE(type == FrameType::kMetadata || found.metadata == whole_.metadata);
    ASSERT_TRUE(type == FrameType::kFunctions || found.functions == whole_.functions);
    ASSERT_TRUE(type == FrameType::kClasses || found.classes == whole_.classes);
    ASSERT_TRUE(type == FrameType::kProcesses || found.processes == whole_.processes);
    ASSERT_TRUE(type == FrameType::kClocks || found.clocks == whole_.clocks);
    ASSERT_TRUE(type == FrameType::kLosses || found.losses == whole_.losses);
    ASSERT_TRUE(found.told || same_tables(found));
  }
  bool same_tables(const Readable& found) const {
    return found.chunks.size() == whole_.chunks.size() && found.texts == whole_.texts &&
           found.metadata == whole_.metadata && found.functions == whole_.functions &&
           found.classes == whole_.classes && found.processes == whole_.processes &&
           found.clocks == whole_.clocks && found.losses == whole_.losses;
  }
  // The summary is the same whatever one frame is damaged: each chunk is told of twice. Only losses
  // are not.
  void check_summary() const { ASSERT_EQ(without_losses(file_.reader().summary()), total_); }
  template <typename Check>
  void for_every_flip(std::uint8_t mask, Check check) {
    for (std::uint64_t at = layout::kMagic.size(); at < file_.size_bytes(); ++at) {
      file_.flip_byte_at(at, mask);
      ASSERT_NO_FATAL_FAILURE(check(at)) << "byte " << at;
      file_.flip_byte_at(at, mask);
    }
  }
  template <typename Check>
  void for_a_flipped_bit_of_every_byte(std::uint32_t seed, Check check) {
    std::mt19937 random(seed);
    for (std::uint64_t at = layout::kMagic.size(); at < file_.size_bytes(); ++at) {
      const auto mask = static_cast<std::uint8_t>(1u << random() % 8);
      file_.flip_byte_at(at, mask);
      ASSERT_NO_FATAL_FAILURE(check(at)) << "byte " << at;
      file_.flip_byte_at(at, mask);
    }
  }
  // The chunks that stand in the first `bytes` bytes, and the sum of their summaries.
  Readable whole_before(std::uint64_t bytes) const {
    Readable expected;
    for (const ChunkRef& chunk : chunks_) {
      const std::uint64_t key = value(chunk.header.ids.call);
      if (chunk.frame.end() <= bytes) expected.chunks[key] = whole_.chunks.at(key);
    }
    return expected;
  }
  Summary summary_before(std::uint64_t bytes) const {
    Summary sum;
    for (std::size_t i = 0; i < chunks_.size(); ++i) {
      if (chunks_[i].frame.end() <= bytes) sum.merge(summaries_[i]);
    }
    return sum;
  }
  // Calls check(bytes) with every length from the end of the first frame on.
  template <typename Check>
  void for_every_cut(Check check) {
    for (std::uint64_t bytes = file_.size_bytes() - 1; bytes >= frames_[0].end(); --bytes) {
      file_.truncate_to(bytes);
      ASSERT_NO_FATAL_FAILURE(check(bytes)) << bytes << " bytes";
    }
  }

  const std::deque<FrameRef> frames_ = test::all_frames(file_.reader());
  const std::deque<ChunkRef> chunks_ = test::all_chunks(file_.reader());
  const Readable whole_ = read();
  const Summary total_ = without_losses(file_.reader().summary());
};

TEST_F(DamagedTrace, LosesAtMostTheFrameOfAFlippedByte) {
  for_every_flip(0xFF, [&](std::uint64_t at) { check_damage_at(at); });
}

TEST_F(DamagedTrace, LosesAtMostTheFrameOfAFlippedBit) {
  for_a_flipped_bit_of_every_byte(1, [&](std::uint64_t at) { check_damage_at(at); });
}

TEST_F(DamagedTrace, WithoutEndLosesAtMostTheFrameOfAFlippedByte) {
  cut_off_end();
  for_every_flip(0xFF, [&](std::uint64_t at) { check_damage_at(at); });
}

TEST_F(DamagedTrace, HasTheSameSummaryWithAFlippedByte) {
  for_every_flip(0xFF, [&](std::uint64_t) { check_summary(); });
}

TEST_F(DamagedTrace, HasTheSameSummaryWithAFlippedBit) {
  for_a_flipped_bit_of_every_byte(2, [&](std::uint64_t) { check_summary(); });
}

TEST_F(DamagedTrace, WithoutEndHasTheSameSummaryWithAFlippedByte) {
  cut_off_end();
  for_every_flip(0xFF, [&](std::uint64_t) { check_summary(); });
}

TEST_F(DamagedTrace, IsNoTraceWithAFlippedByteOfItsMagic) {
  for (std::uint64_t at = 0; at < layout::kMagic.size(); ++at) {
    file_.flip_byte_at(at);
    ASSERT_NE(error().find("it is not a pgrec trace"), std::string::npos) << at;
    file_.flip_byte_at(at);
  }
}

TEST_F(DamagedTrace, CutAnywhereKeepsWhatStandsBefore) {
  for_every_cut([&](std::uint64_t bytes) {
    const Readable found = read();
    ASSERT_EQ(found.chunks, whole_before(bytes).chunks);
    ASSERT_TRUE(found.told);
  });
}

TEST_F(DamagedTrace, CutAnywhereHasTheSummaryOfItsWholeChunks) {
  for_every_cut([&](std::uint64_t bytes) {
    ASSERT_EQ(without_losses(file_.reader().summary()), summary_before(bytes));
  });
}

TEST_F(DamagedTrace, CutBeforeItsFirstFrameEndsGivesAnErrorWithAHint) {
  const Bytes all = file_.bytes();
  for (std::uint64_t bytes = 0; bytes < frames_[0].offset + frames_[0].stored_bytes; ++bytes) {
    file_.replace(ByteView(all).first(bytes));
    ASSERT_EQ(error().find("cannot read " + file_.path()), 0u) << bytes;
    ASSERT_NE(error().substr(error().size() - 3), " / ") << bytes;
  }
}

TEST_F(DamagedTrace, HasTheSameFramesByIndexAndByWalking) {
  std::vector<FrameRef> walked;
  const Bytes whole = file_.bytes();
  file_.truncate_to(whole.size() - 1);  // no end frame, so no index
  const TraceReader trace = file_.reader();
  for (const FrameRef& frame : trace.frames()) {
    if (frame.type != FrameType::kIndex) walked.push_back(frame);
  }
  ASSERT_EQ(walked.size(), frames_.size());
  for (std::size_t i = 0; i < walked.size(); ++i) {
    EXPECT_EQ(walked[i].type, frames_[i].type);
    EXPECT_EQ(walked[i].flags, frames_[i].flags);
    EXPECT_EQ(walked[i].offset, frames_[i].offset);
    EXPECT_EQ(walked[i].stored_bytes, frames_[i].stored_bytes);
  }
  ASSERT_EQ(trace.chunks().size(), chunks_.size());
  for (std::size_t i = 0; i < chunks_.size(); ++i)
    EXPECT_EQ(trace.chunks()[i].header, chunks_[i].header);
}

TEST_F(DamagedTrace, TellsOfADamagedIndex) {
  const FrameRef last = frames_.back();
  file_.flip_byte_at(last.offset + last.stored_bytes + layout::kFrameHeaderBytes);
  EXPECT_FALSE(file_.reader().intact());
  EXPECT_EQ(file_.reader().damages().at(0).offset, last.offset + last.stored_bytes);
}

TEST_F(DamagedTrace, TellsWhichBytesAreDamaged) {
  const FrameRef chunk = chunk_frames(file_.reader())[1];
  file_.flip_byte_of(chunk);
  TraceReader trace = file_.reader();
  trace.for_each_chunk([](const Chunk&) {});
  EXPECT_EQ(
      trace.damages(),
      (std::vector<Damage>{{chunk.offset, chunk.stored_bytes, "the frame's header is wrong"}}));
}

TEST_F(DamagedTrace, TellsOfADamagedTableOnOpening) {
  file_.flip_byte_of(frames_[0]);
  EXPECT_EQ(file_.reader().damages(),
            (std::vector<Damage>{{frames_[0].offset, frames_[0].stored_bytes,
                                  "the checksum does not match", false}}));
}

TEST_F(DamagedTrace, TellsOfADamageOnceHoweverOftenItIsRead) {
  file_.flip_byte_of(chunk_frames(file_.reader())[1]);
  TraceReader trace = file_.reader();
  for (int i = 0; i < 3; ++i)
    trace.for_each_chunk([](const Chunk&) {});
  EXPECT_EQ(trace.damages().size(), 1u);
}

TEST_F(DamagedTrace, TellsOfDamagesInOrderOfTheFile) {
  const auto chunks = chunk_frames(file_.reader());
  file_.flip_byte_of(chunks[2]);
  file_.flip_byte_of(chunks[0]);
  TraceReader trace = file_.reader();
  trace.for_each_chunk([](const Chunk&) {});
  ASSERT_EQ(trace.damages().size(), 2u);
  EXPECT_EQ(trace.damages()[0].offset, chunks[0].offset);
  EXPECT_EQ(trace.damages()[1].offset, chunks[2].offset);
}

TEST_F(DamagedTrace, CountsTheFramesThatAWalkPassesOver) {
  cut_off_end();
  const FrameRef first = chunk_frames(file_.reader())[1];
  file_.flip_byte_at(first.offset);
  EXPECT_EQ(file_.reader().damages(), (std::vector<Damage>{{first.offset, first.stored_bytes,
                                                            "1 frame is unreadable or missing"}}));
}

TEST_F(DamagedTrace, TellsOfAnUnfinishedLastFrame) {
  const FrameRef last = chunk_frames(file_.reader()).back();
  file_.truncate_to(last.offset + 50);
  EXPECT_EQ(file_.reader().damages(),
            (std::vector<Damage>{{last.offset, 50, "the last frame is cut short"}}));
}

TEST_F(DamagedTrace, TellsOfAFrameThatWasTakenOut) {
  Bytes all = file_.bytes();
  const FrameRef chunk = chunk_frames(file_.reader())[1];
  const auto start = all.begin() + static_cast<std::ptrdiff_t>(chunk.offset);
  all.erase(start, start + static_cast<std::ptrdiff_t>(chunk.stored_bytes));
  file_.replace(all);
  EXPECT_TRUE(read().told);
}

TEST_F(DamagedTrace, GivesTheRestOfAFileWithBytesTakenOut) {
  Bytes all = file_.bytes();
  const auto start =
      all.begin() + static_cast<std::ptrdiff_t>(chunk_frames(file_.reader())[1].offset + 40);
  all.erase(start, start + 16);
  file_.replace(all);
  const Readable found = read();
  EXPECT_EQ(found.chunks.size(), 3u);
  EXPECT_TRUE(found.told);
}

// What is open at its end may have ended in a chunk that cannot be read.
TEST(ManyDamages, BeyondTheListMayHoldTheLastChunk) {
  test::TraceFile file;
  TraceWriter writer = file.writer();
  for (std::uint32_t i = 0; i < Damages::kListed + 2; ++i) {
    const Event event{EventKind::kHeadless, FunctionId{1}, {}, from_ns(i), {}};
    writer.append({7, 7}, std::span(&event, 1));
    writer.cut();
  }
  writer.close(from_ns(1'000'000));
  Bytes all = file.bytes();
  TraceReader whole = file.reader();
  for (const ChunkRef& chunk : whole.chunks())
    all[chunk.frame.offset + layout::kFrameHeaderBytes + layout::kChunkPlainBytes] ^= 0xFF;
  EXPECT_TRUE(whole.for_each_chunk([](const Chunk&) {}));
  file.replace(all);
  TraceReader damaged = file.reader();
  EXPECT_FALSE(damaged.for_each_chunk([](const Chunk&) {}));
  EXPECT_EQ(damaged.damages().size(), Damages::kListed + 1);
}

}  // namespace
}  // namespace pgrec

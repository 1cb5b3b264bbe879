// Covers format/trace/trace_reader.h: traces without an end, and with something behind it.
#include <gtest/gtest.h>

#include <algorithm>

#include "format/layout.h"
#include "tests/unit/reference_trace.h"

namespace pgrec {
namespace {

using test::chunk_frames;

using TraceWithoutEnd = test::ReferenceTrace;
using TraceEndTest = test::ReferenceTrace;

TEST_F(TraceWithoutEnd, IsNotClosed) {
  cut_off_end();
  EXPECT_FALSE(file_.reader().closed());
  EXPECT_FALSE(file_.reader().intact());
}

TEST_F(TraceWithoutEnd, GivesTheSameCalls) {
  const test::Readable before = read();
  cut_off_end();
  const test::Readable after = read();
  EXPECT_EQ(after.chunks, before.chunks);
  EXPECT_EQ(after.texts, before.texts);
  EXPECT_EQ(after.losses, before.losses);
}

TEST_F(TraceWithoutEnd, HasNoDamage) {
  cut_off_end();
  EXPECT_EQ(file_.reader().damages(), std::vector<Damage>{});
}

TEST_F(TraceWithoutEnd, LastsUntilItsLatestEvent) {
  Timestamp latest{};
  const TraceReader trace = file_.reader();
  for (const ChunkRef& chunk : trace.chunks())
    latest = std::max(latest, chunk.header.last);
  cut_off_end();
  EXPECT_EQ(file_.reader().last(), latest);
}

// The time of a chunk whose checksum does not match is not the time of an event.
TEST_F(TraceWithoutEnd, DoesNotLastUntilTheTimeOfADamagedChunk) {
  const FrameRef last_chunk = chunk_frames(file_.reader()).back();
  cut_off_end();
  const Timestamp before = file_.reader().last();
  file_.flip_byte_at(last_chunk.offset + layout::kFrameHeaderBytes + 8 + 6,
                     0x08);  // of ChunkHeader::last
  EXPECT_LE(file_.reader().last(), before);
}

TEST_F(TraceEndTest, TellsOfBytesAfterItsEnd) {
  const std::uint64_t size = file_.size_bytes();
  file_.append(Bytes(100, 'x'));
  EXPECT_EQ(file_.reader().damages(),
            (std::vector<Damage>{{size, 100, "bytes after the end of the trace", false}}));
}

TEST_F(TraceEndTest, GivesItsCallsWithBytesAfterItsEnd) {
  const test::Readable whole = read();
  for (const std::size_t count : {1u, 7u, 8u, 80u, 5000u}) {
    const Bytes all = file_.bytes();
    file_.append(Bytes(count, 0));
    ASSERT_EQ(read().chunks, whole.chunks) << count;
    ASSERT_TRUE(read().told) << count;
    file_.replace(all);
  }
}

// Frames behind the end belong to another trace.
TEST_F(TraceEndTest, DoesNotReadATraceAppendedToIt) {
  test::TraceFile other;
  TraceWriter writer = other.writer();
  writer.write(Metadata{{"host.name", "elsewhere"}});
  writer.close(from_ns(5));
  file_.append(other.bytes());
  EXPECT_EQ(read().metadata, kFacts);
}

// Its end is at the end of the file, and points into the first trace.
TEST_F(TraceEndTest, TellsOfACopyAppendedToIt) {
  file_.append(file_.bytes());
  EXPECT_TRUE(read().told);
}

// Differences of sequence numbers are counts of frames only where the later frame has the larger
// one.
TEST_F(TraceEndTest, TellsOfATraceAppendedToItWithoutACountOfFrames) {
  test::TraceFile other;
  TraceWriter writer = other.writer();
  writer.write(kFacts);
  writer.close(from_ns(5));
  file_.append(other.bytes());
  const TraceReader trace = file_.reader();
  for (const Damage& damage : trace.damages()) {
    EXPECT_EQ(damage.reason.find("1844674407370955"), std::string::npos) << damage.reason;
  }
}

}  // namespace
}  // namespace pgrec

// Covers format/trace_writer.h and format/trace_reader.h: whole, unfinished, cut, flipped and
// foreign files.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstring>
#include <map>

#include "format/checksum.h"
#include "format/file.h"
#include "format/frame.h"
#include "format/layout.h"
#include "tests/unit/collected_calls.h"
#include "tests/unit/random_events.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using layout::FrameType;
using test::chunk_frames;
using test::error_of;
using testing::Test;
using Rows = std::vector<std::string>;

const Metadata kFacts = {{"host.name", "db1"}, {"label.run", "a"}, {"label.run", "b"}};
const std::vector<Function> kFunctions = {
    {FunctionId{0}, Function::Role::kCalls, "heap_insert", "/usr/bin/postgres", "0a1b", 4096},
    {FunctionId{1}, Function::Role::kActivity, "pgstat_report_activity", "/usr/bin/postgres", "",
     8192}};
const std::vector<Process> kProcesses = {{100, "postgres: alice shop [local] idle"}};
const std::vector<Loss> kLosses = {{from_ns(10), from_ns(20), "ring-full", FunctionId{0}, 3},
                                   {from_ns(20), from_ns(30), "ring-full", FunctionId{1}, 4}};

// What can be read of a trace: the lines of what ended in each chunk, by the chunk's sequence
// number, and the texts.
struct Readable {
  std::map<std::uint64_t, Rows> chunks;
  Rows texts;
  Metadata metadata;
  std::vector<Function> functions;
  std::vector<Process> processes;
  std::vector<Loss> losses;
  bool told = false;  // that something is missing
};

Readable read_all(TraceReader trace) {
  Readable all;
  trace.for_each_chunk([&](const Chunk& chunk) {
    all.chunks[value(chunk.header.ids.call)] = test::ended_in(chunk).rows();
  });
  trace.for_each_text([&](const Text& text) { all.texts.push_back(text.text); });
  all.metadata = trace.metadata();
  all.functions = trace.functions();
  all.processes = trace.processes();
  all.losses = trace.losses();
  all.told = !trace.intact();
  return all;
}

// A closed trace of four chunks of random events and every table.
class TraceTest : public Test {
 protected:
  TraceTest() {
    TraceWriter writer = file_.writer();
    writer.write(kFacts);
    writer.write(kFunctions);
    for (int chunk = 0; chunk < 4; ++chunk) {
      write_chunk(writer);
      if (chunk == 1) writer.write(std::vector<Loss>{kLosses[0]});
    }
    writer.write(std::vector<Loss>{kLosses[1]});
    writer.write(kProcesses);
    writer.close(from_ns(1'000'000'000'000'000));
    calls_ = writer.calls();
    executions_ = writer.executions();
  }
  void write_chunk(TraceWriter& writer) {
    writer.text_id({{}, false, false, "SELECT " + std::to_string(texts_++)});
    for (const auto& stretch : random_.next(6)) {
      writer.append(stretch.thread, stretch.events);
      events_ += stretch.events.size();
    }
    writer.cut();
  }
  // Cuts off the END frame, as if the recorder had been killed.
  void cut_off_end() { file_.truncate_to(file_.size_bytes() - 80); }
  Readable read() const { return read_all(file_.reader()); }
  std::string error() const {
    return error_of([&] { file_.reader(); });
  }

  test::TraceFile file_;
  test::RandomEvents random_{5, 3};
  int texts_ = 0;
  std::uint64_t events_ = 0;
  std::uint64_t calls_ = 0;
  std::uint64_t executions_ = 0;
};

TEST_F(TraceTest, IsSmallEnoughForATestOfEveryByte) {
  EXPECT_LT(file_.size_bytes(), 6000u);
}

TEST_F(TraceTest, GivesBackItsTables) {
  const Readable all = read();
  EXPECT_EQ(all.metadata, kFacts);
  EXPECT_EQ(all.functions, kFunctions);
  EXPECT_EQ(all.processes, kProcesses);
  EXPECT_EQ(all.losses, kLosses);
  EXPECT_EQ(all.texts, (Rows{"SELECT 0", "SELECT 1", "SELECT 2", "SELECT 3"}));
}

TEST_F(TraceTest, GivesBackItsCalls) {
  test::RandomEvents again(5, 3);
  test::Oracle oracle;
  std::vector<Rows> expected;
  for (int chunk = 0; chunk < 4; ++chunk)
    expected.push_back(oracle.replay_batch(again.next(6)));
  std::vector<Rows> found;
  for (const auto& chunk : read().chunks)
    found.push_back(chunk.second);
  EXPECT_EQ(found, expected);
}

TEST_F(TraceTest, IsIntact) {
  const TraceReader trace = file_.reader();
  EXPECT_TRUE(trace.intact());
  EXPECT_TRUE(read().told == false);
}

TEST_F(TraceTest, EndsWithWhatTheWriterCounted) {
  const TraceEnd end = file_.reader().end().value();
  EXPECT_EQ(end.end, from_ns(1'000'000'000'000'000));
  EXPECT_EQ(end.calls, calls_);
  EXPECT_EQ(end.executions, executions_);
  EXPECT_EQ(end.events, events_);
  EXPECT_EQ(end.lost_events, 7u);
}

TEST_F(TraceTest, SaysWhenRecordingStopped) {
  EXPECT_EQ(file_.reader().last(), from_ns(1'000'000'000'000'000));
}

TEST_F(TraceTest, GivesTheLaterOfTwoFactsOfOneKey) {
  const TraceReader trace = file_.reader();
  EXPECT_EQ(trace.fact("label.run"), "b");
  EXPECT_EQ(trace.fact("label"), std::nullopt);
}

TEST_F(TraceTest, NamesFunctions) {
  EXPECT_EQ(file_.reader().function_name(FunctionId{0}), "heap_insert");
  EXPECT_EQ(file_.reader().function_name(FunctionId{7}), "function 7");
}

TEST_F(TraceTest, AddsUpLosses) {
  EXPECT_EQ(file_.reader().lost_events(), 7u);
}

TEST_F(TraceTest, HasTheFormatsVersion) {
  EXPECT_EQ(file_.reader().major(), layout::kMajor);
  EXPECT_EQ(file_.reader().minor(), layout::kMinor);
}

TEST_F(TraceTest, HoldsATextOnce) {
  TraceWriter writer = file_.writer();
  EXPECT_EQ(writer.text_id({{}, false, false, "BEGIN"}), TextId{0});
  EXPECT_EQ(writer.text_id({{}, false, false, "BEGIN"}), TextId{0});
  writer.close(from_ns(1));
  EXPECT_EQ(read().texts, Rows{"BEGIN"});
}

TEST_F(TraceTest, WritesTextsOfAMebibyteAtOnce) {
  TraceWriter writer = file_.writer();
  for (int i = 0; i < 40; ++i)
    writer.text_id({{}, false, false, std::to_string(i) + std::string(65'000, 'x')});
  writer.close(from_ns(1));
  EXPECT_EQ(read().texts.size(), 40u);
}

TEST_F(TraceTest, WritesNoChunkWithoutEvents) {
  TraceWriter writer = file_.writer();
  writer.write(kFacts);
  writer.cut();
  writer.close(from_ns(1));
  EXPECT_TRUE(read().chunks.empty());
}

TEST_F(TraceTest, CannotBeWrittenToAFullDisk) {
  const int fd = ::open("/dev/full", O_RDWR | O_CLOEXEC);
  EXPECT_EQ(error_of([&] { TraceWriter(File(fd, "run1.pgt")); }),
            "cannot write run1.pgt: No space left on device / ");
}

// Without its end.
TEST_F(TraceTest, WithoutEndIsNotClosed) {
  cut_off_end();
  EXPECT_FALSE(file_.reader().closed());
  EXPECT_FALSE(file_.reader().intact());
}

TEST_F(TraceTest, WithoutEndGivesTheSameCalls) {
  const Readable before = read();
  cut_off_end();
  const Readable after = read();
  EXPECT_EQ(after.chunks, before.chunks);
  EXPECT_EQ(after.texts, before.texts);
  EXPECT_EQ(after.losses, before.losses);
}

TEST_F(TraceTest, WithoutEndHasNoDamage) {
  cut_off_end();
  EXPECT_EQ(file_.reader().damages(), std::vector<Damage>{});
}

TEST_F(TraceTest, WithoutEndLastsUntilItsLatestEvent) {
  Timestamp latest{};
  for (const FrameRef& chunk : chunk_frames(file_.reader()))
    latest = std::max(latest, chunk.chunk.last);
  cut_off_end();
  EXPECT_EQ(file_.reader().last(), latest);
}

// The time of a chunk whose checksum does not match is not the time of an event.
TEST_F(TraceTest, WithoutEndDoesNotLastUntilTheTimeOfADamagedChunk) {
  const FrameRef last_chunk = chunk_frames(file_.reader()).back();
  cut_off_end();
  const Timestamp before = file_.reader().last();
  file_.flip_byte_at(last_chunk.offset + layout::kFrameHeaderBytes + 8 + 6,
                     0x08);  // of ChunkHeader::last
  EXPECT_LE(file_.reader().last(), before);
}

// Damage at every byte.
class DamagedTrace : public TraceTest {
 protected:
  // The frame that holds the byte at `offset`; one of type END for the file header and behind the
  // index.
  FrameRef frame_at(std::uint64_t offset) const {
    for (const FrameRef& frame : frames_) {
      if (offset >= frame.offset && offset < frame.offset + frame.stored_bytes) return frame;
    }
    FrameRef none;
    none.type = FrameType::kEnd;
    return none;
  }
  // Everything but what stands in `frame`.
  Readable whole_without(const FrameRef& frame) const {
    Readable expected = whole_;
    if (frame.type == FrameType::kChunk) expected.chunks.erase(value(frame.chunk.ids.call));
    return expected;
  }
  static bool holds(const Rows& rows, const Rows& some) {
    return std::includes(rows.begin(), rows.end(), some.begin(), some.end());
  }
  // Reads the file and checks that it gives all calls outside of `frame`, and that it tells of what
  // is missing.
  void check_that_only(const FrameRef& frame) {
    const Readable found = read();
    const Readable expected = whole_without(frame);
    for (const auto& chunk : expected.chunks)
      ASSERT_EQ(found.chunks.count(chunk.first), 1u);
    for (const auto& chunk : found.chunks)
      ASSERT_EQ(chunk.second, whole_.chunks.at(chunk.first));
    ASSERT_TRUE(frame.type == FrameType::kTexts || found.texts == whole_.texts);
    ASSERT_TRUE(frame.type == FrameType::kMetadata || found.metadata == whole_.metadata);
    ASSERT_TRUE(frame.type == FrameType::kFunctions || found.functions == whole_.functions);
    ASSERT_TRUE(frame.type == FrameType::kProcesses || found.processes == whole_.processes);
    ASSERT_TRUE(frame.type == FrameType::kLosses || found.losses == whole_.losses);
    const bool missing = found.chunks.size() < whole_.chunks.size() ||
                         found.texts != whole_.texts || found.metadata != whole_.metadata ||
                         found.functions != whole_.functions ||
                         found.processes != whole_.processes || found.losses != whole_.losses;
    ASSERT_TRUE(found.told || !missing);
  }
  void check_every_flip(std::uint8_t mask) {
    for (std::uint64_t at = layout::kMagic.size(); at < file_.size_bytes(); ++at) {
      file_.flip_byte_at(at, mask);
      ASSERT_NO_FATAL_FAILURE(check_that_only(frame_at(at))) << "byte " << at;
      file_.flip_byte_at(at, mask);
    }
  }
  // Frames that stand in the first `bytes` bytes.
  Readable whole_before(std::uint64_t bytes) const {
    Readable expected;
    for (const FrameRef& frame : frames_) {
      const bool inside = frame.offset + frame.stored_bytes <= bytes;
      const std::uint64_t key = value(frame.chunk.ids.call);
      if (inside && frame.type == FrameType::kChunk) expected.chunks[key] = whole_.chunks.at(key);
    }
    return expected;
  }

  const std::vector<FrameRef> frames_ = file_.reader().frames();
  const Readable whole_ = read();
};

TEST_F(DamagedTrace, LosesAtMostTheFrameOfAFlippedByte) {
  check_every_flip(0xFF);
}

TEST_F(DamagedTrace, LosesAtMostTheFrameOfAFlippedBit) {
  for (int bit = 0; bit < 8; ++bit) {
    ASSERT_NO_FATAL_FAILURE(check_every_flip(static_cast<std::uint8_t>(1 << bit)));
  }
}

TEST_F(DamagedTrace, WithoutEndLosesAtMostTheFrameOfAFlippedByte) {
  cut_off_end();
  check_every_flip(0xFF);
}

TEST_F(DamagedTrace, IsNoTraceWithAFlippedByteOfItsMagic) {
  for (std::uint64_t at = 0; at < layout::kMagic.size(); ++at) {
    file_.flip_byte_at(at);
    ASSERT_NE(error().find("it is not a pgrec trace"), std::string::npos) << at;
    file_.flip_byte_at(at);
  }
}

TEST_F(DamagedTrace, CutAnywhereKeepsWhatStandsBefore) {
  const Bytes all = file_.bytes();
  for (std::uint64_t bytes = frames_[0].offset + frames_[0].stored_bytes; bytes < all.size();
       ++bytes) {
    file_.replace(ByteView(all).first(bytes));
    const Readable found = read();
    ASSERT_EQ(found.chunks, whole_before(bytes).chunks) << bytes;
    ASSERT_TRUE(found.told) << bytes;
  }
}

TEST_F(DamagedTrace, CutBeforeItsFirstFrameEndsGivesAnErrorWithAHint) {
  const Bytes all = file_.bytes();
  for (std::uint64_t bytes = 0; bytes < frames_[0].offset + frames_[0].stored_bytes; ++bytes) {
    file_.replace(ByteView(all).first(bytes));
    ASSERT_EQ(error().find("cannot read " + file_.path()), 0u) << bytes;
    ASSERT_NE(error().substr(error().size() - 3), " / ") << bytes;
  }
}

TEST(LongTrace, IsReadByAnIndexOfSeveralFrames) {
  test::TraceFile file;
  TraceWriter writer = file.writer();
  constexpr std::uint32_t kChunks = kIndexFrames + 10;
  for (std::uint32_t i = 0; i < kChunks; ++i) {
    const std::vector<Event> events = {{EventKind::kHeadless, FunctionId{1}, {}, from_ns(i)}};
    writer.append({7, 7}, events);
    writer.cut();
  }
  writer.close(from_ns(kChunks));
  TraceReader trace = file.reader();
  EXPECT_EQ(trace.frames().size(), kChunks);  // a walk would find the index frames too
  EXPECT_TRUE(trace.intact());
  std::uint32_t chunks = 0;
  trace.for_each_chunk([&](const Chunk&) { ++chunks; });
  EXPECT_EQ(chunks, kChunks);
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
    EXPECT_EQ(walked[i].chunk, frames_[i].chunk);
  }
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
            (std::vector<Damage>{
                {frames_[0].offset, frames_[0].stored_bytes, "the checksum does not match"}}));
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

TEST_F(DamagedTrace, TellsOfBytesAfterItsEnd) {
  const std::uint64_t size = file_.size_bytes();
  file_.append(Bytes(100, 'x'));
  EXPECT_EQ(file_.reader().damages(),
            (std::vector<Damage>{{size, 100, "bytes after the end of the trace"}}));
}

TEST_F(DamagedTrace, GivesItsCallsWithBytesAfterItsEnd) {
  for (const std::size_t count : {1u, 7u, 8u, 80u, 5000u}) {
    const Bytes all = file_.bytes();
    file_.append(Bytes(count, 0));
    ASSERT_EQ(read().chunks, whole_.chunks) << count;
    ASSERT_TRUE(read().told) << count;
    file_.replace(all);
  }
}

// Frames behind the end belong to another trace.
TEST_F(DamagedTrace, DoesNotReadATraceAppendedToIt) {
  test::TraceFile other;
  TraceWriter writer = other.writer();
  writer.write(Metadata{{"host.name", "elsewhere"}});
  writer.close(from_ns(5));
  file_.append(other.bytes());
  EXPECT_EQ(read().metadata, kFacts);
}

// Its end is at the end of the file, and points into the first trace.
TEST_F(DamagedTrace, TellsOfACopyAppendedToIt) {
  file_.append(file_.bytes());
  EXPECT_TRUE(read().told);
}

// Differences of sequence numbers are counts of frames only where the later frame has the larger
// one.
TEST_F(DamagedTrace, TellsOfATraceAppendedToItWithoutACountOfFrames) {
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

// Frames of other versions.
class FutureTrace : public TraceTest {
 protected:
  void set_version(std::uint16_t major, std::uint64_t features) {
    Bytes all = file_.bytes();
    std::memcpy(&all[8], &major, sizeof major);
    std::memcpy(&all[16], &features, sizeof features);
    const std::uint32_t crc = crc32c(ByteView(all).first(28));
    std::memcpy(&all[28], &crc, sizeof crc);
    file_.replace(all);
  }
  // A trace whose only frame has a type that no pgrec knows.
  void write_unknown_frame(std::uint8_t flags) {
    Bytes all(file_.bytes());
    all.resize(layout::kFileHeaderBytes);
    put_frame(all, static_cast<FrameType>(0x55), 0, {}, Bytes{1, 2, 3}, flags);
    file_.replace(all);
  }
};

TEST_F(FutureTrace, OfAnotherMajorVersionIsRefused) {
  set_version(9, 0);
  EXPECT_EQ(error(), "cannot read " + file_.path() +
                         ": it is a trace of format 9.1 / this pgrec reads "
                         "format 0; use the pgrec that recorded it, or a later one");
}

TEST_F(FutureTrace, WithAnIncompatibleFeatureIsRefused) {
  set_version(layout::kMajor, 1);
  EXPECT_NE(error(), "nothing thrown / ");
  EXPECT_NE(error(), "nothing thrown");
}

TEST_F(FutureTrace, PassesOverAnAncillaryFrame) {
  write_unknown_frame(layout::kFlagAncillary);
  EXPECT_EQ(file_.reader().damages(), std::vector<Damage>{});
}

TEST_F(FutureTrace, TellsOfAFrameItDoesNotKnow) {
  write_unknown_frame(0);
  EXPECT_EQ(file_.reader().damages(),
            (std::vector<Damage>{{32, 40, "a frame of type 85, which this pgrec does not know"}}));
}

// What is no trace.
class ForeignFile : public Test {
 protected:
  void write(std::string_view text) { file_.replace(Bytes(text.begin(), text.end())); }
  // What its error says, without "cannot read PATH: ".
  std::string refusal() const {
    const std::string error = error_of([&] { file_.reader(); });
    const std::string start = "cannot read " + file_.path() + ": ";
    return error.substr(0, start.size()) == start ? error.substr(start.size()) : error;
  }
  test::TraceFile file_;
};

TEST_F(ForeignFile, Missing) {
  EXPECT_EQ(refusal(), "cannot open " + file_.path() +
                           ": No such file or directory / pgrec record -o " + file_.path() +
                           " makes one");
}

TEST_F(ForeignFile, Empty) {
  write("");
  EXPECT_EQ(refusal(), "it is empty / its recorder was stopped before it wrote anything");
}

TEST_F(ForeignFile, Directory) {
  ::mkdir(file_.path().c_str(), 0700);
  EXPECT_EQ(refusal(), "it is a directory / name the trace inside it");
}

TEST_F(ForeignFile, FifoGivesAHint) {
  ASSERT_EQ(::mkfifo(file_.path().c_str(), 0600), 0);
  const File writer(::open(file_.path().c_str(), O_RDWR | O_CLOEXEC),
                    "keeps the open from waiting");
  EXPECT_EQ(refusal().find("it is not a regular file / "), 0u) << refusal();
}

TEST_F(ForeignFile, Text) {
  write("SELECT 1;\n");
  EXPECT_EQ(refusal(), "it is not a pgrec trace / traces are made by pgrec record and end in .pgt");
}

TEST_F(ForeignFile, Zeroes) {
  write(std::string(4096, '\0'));
  EXPECT_EQ(refusal(), "it is not a pgrec trace / traces are made by pgrec record and end in .pgt");
}

TEST_F(ForeignFile, WithLineFeedsMadeCarriageReturnLineFeed) {
  write("\x89PGT\r\r\n\x1A\r\n and so on");
  EXPECT_NE(refusal().find("text mode"), std::string::npos) << refusal();
}

TEST_F(ForeignFile, WithCarriageReturnsTakenOut) {
  write("\x89PGT\n\x1A\n and so on");
  EXPECT_NE(refusal().find("text mode"), std::string::npos) << refusal();
}

TEST_F(ForeignFile, CutInsideItsHeader) {
  file_.writer();
  const Bytes header = file_.bytes();
  for (std::size_t bytes = 1; bytes < layout::kFileHeaderBytes; ++bytes) {
    file_.replace(ByteView(header).first(bytes));
    EXPECT_EQ(refusal(), "it ends inside its header / the copy was cut short; copy it again")
        << bytes;
  }
}

TEST_F(ForeignFile, WithNothingBehindItsHeader) {
  file_.writer();
  EXPECT_EQ(refusal(),
            "nothing in it is readable / the recorder was stopped before it wrote anything, or "
            "the file was overwritten");
}

}  // namespace
}  // namespace pgrec

// Covers analyze/calls/call_builder.h and format/trace/trace_reader.h where frames are missing, cut
// or there twice: what is open at the end stays so unless a chunk may be missing behind it, and
// every pass counts the same.
#include <gtest/gtest.h>

#include <algorithm>

#include "analyze/calls/call_builder.h"
#include "tests/unit/collected_calls.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using layout::FrameType;
using Rows = std::vector<std::string>;

// A trace of two chunks. Both have a call that ends; a call and an execution begin in the first,
// and in the second as `ends_` says they end or stay open. Its frames are
//   0 functions, 1 texts, 2 chunk, 3 summary, 4 losses, 5 texts, 6 chunk, 7 summary, 8 total.
class MissingFrames : public testing::Test {
 protected:
  static constexpr std::size_t kTexts = 5, kChunk = 6, kSummary = 7, kTotal = 8;

  void write(bool ends) {
    TraceWriter writer = file_.writer();
    writer.write(std::vector<Function>{{FunctionId{0}, {}, "f", "/p", "", 0}});
    const auto event = [&](EventKind kind, std::int64_t ns, std::uint32_t text = 0) {
      const Event one{kind, {}, TextId{text}, from_ns(ns), {}};
      writer.append({1, 2}, std::span(&one, 1));
    };
    const std::uint32_t first = value(writer.text_id({{}, false, false, "SELECT 1"}));
    event(EventKind::kExecutionBegin, 10, first);
    event(EventKind::kEnter, 20);
    event(EventKind::kEnter, 30);
    event(EventKind::kReturned, 40);
    writer.cut();
    writer.write(std::vector<Loss>{{from_ns(0), from_ns(1), "ring-full", {}, {}, 1}});
    writer.text_id({{}, false, false, "SELECT 2"});
    event(EventKind::kEnter, 50);
    event(EventKind::kReturned, 60);
    if (ends) {
      event(EventKind::kReturned, 70);
      event(EventKind::kExecutionEnd, 80);
    }
    writer.close(from_ns(1000));
    const TraceReader trace = file_.reader();
    frames_ = test::all_frames(trace);
    end_ = trace.end()->index_offset;
    ASSERT_EQ(frames_.at(kTexts).type, FrameType::kTexts);
    ASSERT_EQ(frames_.at(kChunk).type, FrameType::kChunk);
    ASSERT_EQ(frames_.at(kTotal).type, FrameType::kTotal);
  }
  // Takes the bytes of frames `first` to `last` out of the file.
  void take_out(std::size_t first, std::size_t last) const {
    Bytes bytes = file_.bytes();
    const auto at = [&](std::uint64_t offset) {
      return bytes.begin() + static_cast<std::ptrdiff_t>(offset);
    };
    bytes.erase(at(frames_[first].offset), at(frames_[last].end()));
    file_.replace(bytes);
  }
  // What became of the call and the execution that began first: "open" or "exit-lost", and the same
  // of both; or how long they took.
  std::string first_two() const {
    TraceReader trace = file_.reader();
    test::CollectedCalls calls;
    build_calls(trace, calls);
    std::string call, execution;
    for (const Call& one : calls.calls()) {
      if (value(one.id) == 0) call = std::string(name(one.outcome));
    }
    for (const Execution& one : calls.executions())
      execution = one.duration ? "returned" : one.end_lost ? "exit-lost" : "open";
    return call == execution ? call : call + " and " + execution;
  }

  test::TraceFile file_;
  std::deque<FrameRef> frames_;
  std::uint64_t end_ = 0;
};

TEST_F(MissingFrames, LeaveOpenWhatIsOpenInAChunkBehindThem) {
  for (const bool closed : {true, false}) {
    for (std::size_t first = 0; first < kChunk; ++first) {
      if (first == 2) continue;
      write(false);
      if (!closed) file_.truncate_to(end_);
      take_out(first, first);
      EXPECT_EQ(first_two(), "open") << first << (closed ? " closed" : "");
      EXPECT_EQ(file_.reader().damages().size(), closed ? 2u : 1u)
          << "the index does not fit either";
    }
  }
}

TEST_F(MissingFrames, EndUnseenWhatEndedInAChunkThatIsAmongThem) {
  for (const bool closed : {true, false}) {
    for (const std::size_t last : {kChunk, kSummary}) {
      write(true);
      if (!closed) file_.truncate_to(end_);
      EXPECT_EQ(first_two(), "returned");
      take_out(kChunk, last);
      EXPECT_EQ(first_two(), "exit-lost") << last << (closed ? " closed" : "");
    }
  }
}

TEST_F(MissingFrames, MayBeChunksBehindTheLast) {
  write(false);
  take_out(kSummary, kSummary);
  EXPECT_EQ(first_two(), "exit-lost");
}

TEST_F(MissingFrames, AreNoneWhereTheFileIsCutInAFrameThatIsNoChunk) {
  for (const std::size_t frame : {kSummary, kTotal}) {
    write(false);
    for (const std::uint64_t bytes : {frames_[frame].offset + 40, frames_[frame].end() - 1}) {
      file_.truncate_to(std::min(bytes, file_.size_bytes()));
      EXPECT_EQ(first_two(), "open") << frame;
      write(false);
    }
  }
}

TEST_F(MissingFrames, MayBeAChunkWhereTheFileIsCutInOneOrInAHeader) {
  for (const std::size_t frame : {kChunk, kSummary}) {
    const bool is_chunk = frame == kChunk;
    write(is_chunk);
    const FrameRef cut = frames_[frame];
    file_.truncate_to(cut.offset +
                      (is_chunk ? layout::kFrameHeaderBytes + layout::kChunkPlainBytes : 31));
    EXPECT_EQ(first_two(), "exit-lost") << frame;
  }
}

TEST_F(MissingFrames, AreWhatThePartOfTheFileBehindTheTotalIsNot) {
  write(false);
  for (std::uint64_t at = end_; at < file_.size_bytes(); at += 4) {
    file_.flip_byte_at(at);
    EXPECT_EQ(first_two(), "open") << at;
    file_.flip_byte_at(at);
  }
}

// Bytes of a trace put in before those of another place in it.
class FramesThatStandTwice : public MissingFrames {
 protected:
  void put_in(std::size_t first, std::size_t last, std::uint64_t before) const {
    Bytes bytes = file_.bytes();
    const Bytes copy(bytes.begin() + static_cast<std::ptrdiff_t>(frames_[first].offset),
                     bytes.begin() + static_cast<std::ptrdiff_t>(frames_[last].end()));
    bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(before), copy.begin(), copy.end());
    file_.replace(bytes);
  }
  // By each pass.
  std::vector<std::uint64_t> calls() const {
    TraceReader trace = file_.reader();
    std::uint64_t of_chunks = 0;
    trace.for_each_chunk([&](const Chunk& chunk) { of_chunks += chunk.header.calls; });
    test::CollectedCalls built;
    build_calls(trace, built);
    return {of_chunks, built.calls().size(), trace.summary().functions[FunctionId{0}].calls};
  }
  const std::vector<std::uint64_t> kThree = {3, 3, 3};
};

TEST_F(FramesThatStandTwice, AreCountedOnce) {
  for (const bool closed : {true, false}) {
    for (const std::size_t before : {std::size_t{3}, std::size_t{4}, kSummary, kTotal}) {
      write(true);
      if (!closed) file_.truncate_to(end_);
      put_in(2, 3, frames_[before].offset);
      EXPECT_EQ(calls(), kThree) << before << (closed ? " closed" : "");
      EXPECT_EQ(first_two(), "returned") << before;
      EXPECT_FALSE(file_.reader().damages().empty());
    }
  }
}

// As another writer may make them: the numbers are right, and the index lists them.
TEST_F(FramesThatStandTwice, AreCountedOnceUnderNumbersOfTheirOwn) {
  for (const bool closed : {true, false}) {
    write(true);
    TraceReader in = file_.reader();
    Bytes copied;
    {
      test::TraceFile other;
      TraceWriter writer = other.writer();
      auto chunk = in.chunks().begin();
      for (const FrameRef& frame : frames_) {
        if (frame.type == FrameType::kSummary || frame.type == FrameType::kTotal) continue;
        const bool is_chunk = frame.type == FrameType::kChunk;
        const auto payload = in.read(frame);
        for (int i = 0; i < (is_chunk ? 2 : 1); ++i) {
          writer.copy(payload->header, payload->stored(), is_chunk ? &chunk->header : nullptr);
          if (is_chunk) writer.write_summary(in.summary_of(*chunk).value());
        }
        if (is_chunk) ++chunk;
      }
      writer.close(from_ns(1000));
      copied = other.bytes();
    }
    file_.replace(copied);
    if (!closed) file_.truncate_to(file_.reader().end()->index_offset);
    EXPECT_EQ(calls(), kThree) << closed;
    EXPECT_EQ(first_two(), "returned");
    EXPECT_EQ(file_.reader().damages().size(), 4u);
  }
}

}  // namespace
}  // namespace pgrec

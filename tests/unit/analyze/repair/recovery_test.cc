// Covers analyze/repair/recovery.h and, on what it makes and on damaged traces,
// analyze/repair/verification.h.
#include "analyze/repair/recovery.h"

#include <gtest/gtest.h>

#include <fcntl.h>

#include <algorithm>

#include "analyze/calls/call_builder.h"
#include "analyze/repair/verification.h"
#include "tests/unit/collected_calls.h"
#include "tests/unit/random_events.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using Rows = std::vector<std::string>;

// A trace of four chunks of random events, and another made from it.
class RecoveryTest : public testing::Test {
 protected:
  RecoveryTest() {
    TraceWriter writer = file_.writer();
    writer.write(Metadata{{"host.name", "db1"}, {"events.fired", "5"}, {"events.recorded", "2"}});
    writer.write(std::vector<Loss>{{from_ns(1), from_ns(2), "ring-full", FunctionId{0}, 1, 3}});
    for (int chunk = 0; chunk < 4; ++chunk) {
      for (const auto& stretch : random_.next(6))
        append(writer, stretch);
      writer.cut();
    }
    writer.close(from_ns(1ll << 59));
  }

  Recovery recover_file() {
    TraceReader in = file_.reader();
    TraceWriter out(
        File(::open(rebuilt().c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), rebuilt()));
    return recover(in, out);
  }
  std::string rebuilt() const { return file_.beside("rebuilt.pgt"); }

  static Rows calls_of(const std::string& path) {
    TraceReader trace(path);
    test::CollectedCalls calls;
    build_calls(trace, calls);
    return calls.rows();
  }
  // The names of the checks that find something.
  static Rows bad_checks(const std::string& path) {
    TraceReader trace(path);
    Rows names;
    for (const Check& check : verify(trace, true)) {
      // The random functions and texts are not described.
      if (check.result == Check::Result::kBad && check.name != "references")
        names.push_back(check.name);
    }
    return names;
  }
  std::uint64_t chunk_at(std::size_t i) const { return file_.reader().chunks()[i].frame.offset; }

  test::TraceFile file_;
  test::RandomEvents random_{7, 3};
};

TEST_F(RecoveryTest, OfAnIntactTraceLosesNothing) {
  const Recovery recovery = recover_file();
  EXPECT_TRUE(recovery.lossless());
  EXPECT_EQ(recovery.chunks_kept, 4u);
  EXPECT_EQ(calls_of(rebuilt()), calls_of(file_.path()));
  EXPECT_EQ(bad_checks(rebuilt()), Rows{});
}

TEST_F(RecoveryTest, OfAnUnfinishedTraceLosesNothing) {
  file_.truncate_to(file_.reader().end()->index_offset);
  const Rows calls = calls_of(file_.path());
  EXPECT_TRUE(recover_file().lossless());
  EXPECT_EQ(calls_of(rebuilt()), calls);
  EXPECT_TRUE(TraceReader(rebuilt()).intact());
}

TEST_F(RecoveryTest, NeverTouchesWhatItReads) {
  file_.flip_byte_at(chunk_at(1) + 110);
  const Bytes before = file_.bytes();
  recover_file();
  EXPECT_EQ(file_.bytes(), before);
}

TEST_F(RecoveryTest, KeepsEveryOtherChunk) {
  for (std::size_t chunk = 0; chunk < 4; ++chunk) {
    const Bytes whole = file_.bytes();
    file_.flip_byte_at(chunk_at(chunk) + 110);
    const Recovery recovery = recover_file();
    EXPECT_EQ(recovery.chunks_kept, 3u) << chunk;
    EXPECT_EQ(recovery.chunks_dropped, 1u) << chunk;
    EXPECT_EQ(recovery.calls_missing, file_.reader().chunks()[chunk].header.calls) << chunk;
    EXPECT_EQ(calls_of(rebuilt()), calls_of(file_.path())) << chunk;
    EXPECT_EQ(bad_checks(rebuilt()), Rows{}) << chunk;
    file_.replace(whole);
  }
}

TEST_F(RecoveryTest, OfATraceCutAnywhereKeepsWhatCanBeRead) {
  const Bytes whole = file_.bytes();
  for (std::size_t bytes = chunk_at(0); bytes < whole.size(); bytes += 7) {
    file_.replace(ByteView(whole).first(bytes));
    const Rows calls = calls_of(file_.path());
    recover_file();
    ASSERT_EQ(calls_of(rebuilt()), calls) << bytes;
    ASSERT_EQ(bad_checks(rebuilt()), Rows{}) << bytes;
  }
}

TEST_F(RecoveryTest, TellsWhereSomethingIsMissing) {
  file_.flip_byte_at(chunk_at(1) + 110);
  recover_file();
  const TraceReader trace(rebuilt());
  ASSERT_EQ(trace.losses().size(), 2u);
  const Loss& hole = trace.losses()[1];
  EXPECT_EQ(hole.cause, "file-damage");
  EXPECT_EQ(hole.from, file_.reader().chunks()[0].header.last);
  EXPECT_EQ(trace.fact("recovered.frames_dropped"), "1");
  EXPECT_EQ(trace.lost_events(), 3u);
}

TEST_F(RecoveryTest, KeepsFramesOfTypesThatItDoesNotKnow) {
  TraceWriter writer = file_.writer();
  writer.write(Metadata{});
  FrameHeader header;
  header.type = layout::FrameType{0x90};
  header.flags = layout::kFlagAncillary;
  const Bytes payload = {1, 2, 3};
  writer.copy(header, payload, nullptr);
  writer.close(from_ns(5));
  recover_file();
  TraceReader trace(rebuilt());
  const auto frames = test::all_frames(trace);
  const auto kept = std::find_if(frames.begin(), frames.end(), [](const FrameRef& frame) {
    return frame.type == layout::FrameType{0x90};
  });
  ASSERT_NE(kept, frames.end());
  const auto found = trace.read(*kept);
  EXPECT_EQ(Bytes(found->rest().begin(), found->rest().end()), payload);
}

TEST_F(RecoveryTest, OfWhatItMadeMakesTheSameAgain) {
  file_.flip_byte_at(chunk_at(2) + 110);
  recover_file();
  const Rows calls = calls_of(rebuilt());
  file_.replace(test::read_file(rebuilt()));
  EXPECT_EQ(recover_file().chunks_kept, 3u);
  EXPECT_EQ(calls_of(rebuilt()), calls);
}

// What the trace that was rebuilt says is missing: calls and executions.
class WhatIsMissing : public RecoveryTest {
 protected:
  // What chunk `first` and those behind it held.
  std::string held_from(std::size_t first) const {
    std::uint64_t calls = 0, executions = 0;
    for (const ChunkRef& chunk : whole_) {
      if (first > 0) {
        --first;
        continue;
      }
      calls += chunk.header.calls;
      executions += chunk.header.executions;
    }
    return missing(calls, executions);
  }
  static std::string missing(std::uint64_t calls, std::uint64_t executions) {
    return std::to_string(calls) + " calls, " + std::to_string(executions) + " executions";
  }
  std::string recovered() {
    const Recovery recovery = recover_file();
    EXPECT_EQ(bad_checks(rebuilt()), Rows{});
    EXPECT_EQ(recovery.lossless(), recovery.calls_missing + recovery.executions_missing == 0);
    return missing(recovery.calls_missing, recovery.executions_missing);
  }
  std::uint64_t frame_behind(std::size_t chunk) const { return whole_[chunk].frame.end(); }
  void unclose() { file_.truncate_to(file_.reader().end()->index_offset); }

  const std::deque<ChunkRef> whole_ = test::all_chunks(file_.reader());
};

TEST_F(WhatIsMissing, IsWhatHeadersOfUnreadableChunksSay) {
  unclose();
  const Bytes whole = file_.bytes();
  for (std::size_t first = 0; first < 4; ++first) {
    file_.replace(whole);
    for (std::size_t chunk = first; chunk < 4; ++chunk)
      file_.flip_byte_at(chunk_at(chunk) + 110);
    EXPECT_EQ(recovered(), held_from(first)) << first;
  }
}

TEST_F(WhatIsMissing, IsWhatTheHeaderOfTheChunkSaysInWhichTheFileEnds) {
  for (std::size_t first = 0; first < 4; ++first) {
    file_.truncate_to(file_.size_bytes());
    const Bytes whole = file_.bytes();
    file_.truncate_to(chunk_at(first) + 110);
    const std::uint64_t calls = whole_[first].header.calls;
    EXPECT_EQ(recovered(), missing(calls, whole_[first].header.executions)) << first;
    file_.replace(whole);
  }
}

TEST_F(WhatIsMissing, IsWhatTheSummaryOfAMissingChunkSays) {
  unclose();
  const Bytes whole = file_.bytes();
  for (std::size_t first = 0; first < 4; ++first) {
    file_.replace(whole);
    for (std::size_t chunk = first; chunk < 4; ++chunk)
      file_.flip_byte_at(whole_[chunk].frame.offset);
    EXPECT_EQ(recovered(), held_from(first)) << first;
  }
}

TEST_F(WhatIsMissing, IsWhatTheEndSays) {
  Bytes bytes = file_.bytes();
  bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(chunk_at(3)),
              bytes.begin() + static_cast<std::ptrdiff_t>(frame_behind(3)));
  file_.replace(bytes);
  EXPECT_EQ(recovered(), held_from(3));
}

// No call, but an execution, and frames of tables.
TEST_F(WhatIsMissing, IsToldThoughNoCallIsAmongIt) {
  test::TraceFile other;
  TraceWriter writer = other.writer();
  writer.write(Metadata{{"host.name", "db1"}});
  for (int i = 0; i < 2; ++i) {
    const Event event{EventKind::kExecutionBegin, {}, TextId{0}, from_ns(i), {}};
    writer.append({1, 1}, std::span(&event, 1));
    writer.cut();
  }
  writer.close(from_ns(9));
  file_.replace(other.bytes());
  const auto frames = test::all_frames(file_.reader());
  Bytes bytes = file_.bytes();
  const auto at = [&](std::uint64_t offset) {
    return bytes.begin() + static_cast<std::ptrdiff_t>(offset);
  };
  bytes.erase(at(frames[1].offset), at(frames[2].end()));
  file_.replace(bytes);
  const Recovery recovery = recover_file();
  EXPECT_EQ(recovery.executions_missing, 1u);
  EXPECT_EQ(recovery.frames_missing, 2u);
  EXPECT_FALSE(recovery.lossless());
}

// What verify() finds of traces that say two things.
class VerificationTest : public RecoveryTest {
 protected:
  // The frame at `offset` with another payload, and its checksums right.
  void rewrite(const FrameRef& ref, const std::function<void(Bytes&)>& change) {
    TraceReader trace = file_.reader();
    const auto payload = trace.read(ref);
    Bytes content(payload->plain().begin(), payload->plain().end());
    content.insert(content.end(), payload->rest().begin(), payload->rest().end());
    change(content);
    Bytes frame;
    const ByteView plain = ByteView(content).first(payload->header.plain_bytes);
    const ByteView rest = ByteView(content).subspan(payload->header.plain_bytes);
    if (payload->raw) {
      put_frame(frame, ref.type, ref.sequence, plain, rest, 0);
    } else {
      FrameHeader header = trace.frame_at(ref.offset)->header;
      put_stored_frame(frame, header, content);
    }
    ASSERT_EQ(frame.size(), ref.stored_bytes);
    Bytes bytes = file_.bytes();
    std::copy(frame.begin(), frame.end(), bytes.begin() + static_cast<std::ptrdiff_t>(ref.offset));
    file_.replace(bytes);
  }
};

TEST_F(VerificationTest, FindsNothingInAnIntactTrace) {
  EXPECT_EQ(bad_checks(file_.path()), Rows{});
}

TEST_F(VerificationTest, FindsAChunkHeaderThatItsEventsContradict) {
  file_.truncate_to(file_.reader().end()->index_offset);
  rewrite(file_.reader().chunks()[1].frame, [](Bytes& chunk) { chunk[56] ^= 1; });
  EXPECT_EQ(bad_checks(file_.path()), Rows{"headers"});
}

// The format calls it damage, whatever it would be without the index.
TEST_F(VerificationTest, FindsAChunkWithAnotherHeaderThanTheIndexHas) {
  rewrite(file_.reader().chunks()[1].frame, [](Bytes& chunk) { chunk[56] ^= 1; });
  EXPECT_EQ(bad_checks(file_.path()), (Rows{"frames", "index", "chunks"}));
}

TEST_F(VerificationTest, FindsASummaryThatItsCallsContradict) {
  const auto frames = test::all_frames(file_.reader());
  const auto summary = std::find_if(frames.begin(), frames.end(), [](const FrameRef& frame) {
    return frame.type == layout::FrameType::kSummary;
  });
  TraceReader trace = file_.reader();
  Summary other = *trace.summary_of(trace.chunks()[0]);
  ++other.executions.lost;
  Bytes plain;
  put_u64(plain, trace.chunks()[0].frame.sequence);
  Bytes frame;
  put_frame(frame, layout::FrameType::kSummary, summary->sequence, plain, encode(other));
  ASSERT_EQ(frame.size(), summary->stored_bytes);
  Bytes bytes = file_.bytes();
  std::copy(frame.begin(), frame.end(),
            bytes.begin() + static_cast<std::ptrdiff_t>(summary->offset));
  file_.replace(bytes);
  EXPECT_EQ(bad_checks(file_.path()), (Rows{"total", "sums"}));
}

// Not what is made in its place.
TEST_F(VerificationTest, ComparesTheTotalThatIsStored) {
  const auto said_of_total = [&] {
    TraceReader trace = file_.reader();
    for (const Check& check : verify(trace, false)) {
      if (check.name == "total") return check.detail;
    }
    return std::string("nothing");
  };
  EXPECT_EQ(said_of_total(), "is the sum of the summaries");
  const auto frames = test::all_frames(file_.reader());
  file_.flip_byte_of(frames.back());
  EXPECT_EQ(said_of_total(), "there is none that can be used");
}

TEST_F(VerificationTest, FindsThatMoreFiredThanWasRecordedAndLost) {
  test::TraceFile other;
  TraceWriter writer = other.writer();
  writer.write(Metadata{{"events.fired", "6"}, {"events.recorded", "2"}});
  writer.write(std::vector<Loss>{{from_ns(1), from_ns(2), "ring-full", FunctionId{0}, 1, 3}});
  writer.close(from_ns(5));
  EXPECT_EQ(bad_checks(other.path()), (Rows{"identity"}));
}

TEST_F(VerificationTest, FindsAGapInTheIds) {
  const ChunkRef chunk = file_.reader().chunks()[1];
  file_.truncate_to(file_.reader().end()->index_offset);
  file_.flip_byte_at(chunk.frame.offset);
  EXPECT_EQ(bad_checks(file_.path()), (Rows{"frames", "order"}));
}

}  // namespace
}  // namespace pgrec

// Covers the bounds of format/: files made to take memory or time. Each is read to the end by a
// child, which must end by itself, with an error or with damage told of, and hold less than 256
// MiB.
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "analyze/call_builder.h"
#include "format/checksum.h"
#include "format/columns.h"
#include "format/compress.h"
#include "format/file_header.h"
#include "format/frame.h"
#include "format/rows.h"
#include "tests/unit/child_process.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using layout::FrameType;
using test::ChildProcess;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kMemoryIsMeasured = false;
#else
constexpr bool kMemoryIsMeasured = true;
#endif

constexpr long kMostKibibytes = 256 * 1024;

// Writes a file frame by frame.
class HostileWriter {
 public:
  explicit HostileWriter(const std::string& path)
      : file_(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), path),
        bytes_(encode_file_header()) {}
  ~HostileWriter() { flush(); }

  void frame(FrameType type, ByteView plain, ByteView rest) {
    put_frame(bytes_, type, sequence_++, plain, rest);
    flush_when_full();
  }
  // Frames that are all alike but for their numbers.
  void frames(std::uint64_t count, FrameType type, ByteView plain, ByteView rest) {
    for (std::uint64_t i = 0; i < count; ++i)
      frame(type, plain, rest);
  }
  void stored_frame(FrameHeader header, ByteView payload) {
    header.sequence = sequence_++;
    put_stored_frame(bytes_, header, payload);
    flush_when_full();
  }
  void chunk(const ChunkHeader& header, const Bytes& columns) {
    Bytes payload;
    put_chunk_header(payload, header);
    FrameHeader frame;
    frame.type = FrameType::kChunk;
    frame.plain_bytes = static_cast<std::uint16_t>(payload.size());
    put_bytes(payload, columns.data(), columns.size());
    stored_frame(frame, payload);
  }
  void raw(ByteView bytes) {
    put_bytes(bytes_, bytes.data(), bytes.size());
    flush_when_full();
  }
  // Leaves a hole up to `offset`.
  void go_to(std::uint64_t offset) {
    flush();
    offset_ = offset;
  }
  std::uint64_t offset() const { return offset_ + bytes_.size(); }

 private:
  void flush() {
    file_.write(offset_, bytes_);
    offset_ += bytes_.size();
    bytes_.clear();
  }
  void flush_when_full() {
    if (bytes_.size() > 1u << 20) flush();
  }

  File file_;
  Bytes bytes_;
  std::uint64_t offset_ = 0;
  std::uint64_t sequence_ = 0;
};

// Adds up everything, so that nothing is left out.
struct CountedCalls {
  std::uint64_t calls = 0;
  std::uint64_t executions = 0;
  void call_ended(const Call&) { ++calls; }
  void execution_ended(const Execution&) { ++executions; }
};

class HostileFile : public testing::Test {
 protected:
  static constexpr int kTold = 0, kNotTold = 2;

  // Makes the file in a child too: a forked one begins with its parent's memory.
  void write(const std::function<void(HostileWriter&)>& action) const {
    ChildProcess child([&](ChildProcess&) {
      HostileWriter writer(file_.path());
      action(writer);
    });
    ASSERT_EQ(child.wait().status, 0);
  }
  // What reading everything comes to.
  int read_everything() const {
    try {
      TraceReader trace = file_.reader();
      trace.for_each_chunk([](const Chunk&) {});
      trace.for_each_text([](const Text&) {});
      CountedCalls calls;
      build_calls(trace, calls);
      trace.summary();
      for (const ChunkRef& chunk : trace.chunks())
        trace.summary_of(chunk);
      return trace.intact() ? kNotTold : kTold;
    } catch (const Error&) {
      return kTold;
    }
  }
  // Reads everything in a child.
  void check() const {
    ChildProcess child([&](ChildProcess&) { ::_exit(read_everything()); });
    const auto ended = child.wait();
    ASSERT_TRUE(WIFEXITED(ended.status)) << "signal " << WTERMSIG(ended.status);
    EXPECT_EQ(WEXITSTATUS(ended.status), kTold);
    if (kMemoryIsMeasured) {
      EXPECT_LT(ended.peak_kibibytes, kMostKibibytes);
    }
  }
  static Bytes zeros() { return Bytes(layout::kMaxRawBytes); }
  // A column of zeros, compressed.
  static Bytes bomb(std::uint32_t id, std::size_t bytes = layout::kMaxRawBytes) {
    Bytes out;
    put_column(out, id, Bytes(bytes));
    return out;
  }
  // Appends `rows` copies of `row` as a table.
  static Bytes table(std::size_t rows, const Bytes& row) {
    Bytes out;
    put_rows(out, std::vector<int>(rows), [&](Bytes& to, int) { to = row; });
    return out;
  }

  test::TraceFile file_;
};

TEST_F(HostileFile, WithMillionsOfEmptyFrames) {
  write([](HostileWriter& to) { to.frames(3'000'000, FrameType::kTexts, {}, {}); });
  check();
}

TEST_F(HostileFile, WithAMillionEmptyChunks) {
  write([](HostileWriter& to) {
    Bytes plain;
    put_chunk_header(plain, {});
    to.frames((1u << 20) + 1, FrameType::kChunk, plain, {});
  });
  check();
}

TEST_F(HostileFile, WithGarbageBeforeEveryFrame) {
  write([](HostileWriter& to) {
    const Bytes row = table(1, {0, 0});
    for (int i = 0; i < 200'000; ++i) {
      to.raw(Bytes(8, 0xF7));
      to.frame(FrameType::kClocks, {}, row);
    }
  });
  check();
}

TEST_F(HostileFile, OfSyncWordsOnly) {
  write([](HostileWriter& to) {
    to.frame(FrameType::kTexts, {}, table(1, {0, 0, 0}));
    Bytes words;
    for (int i = 0; i < 4'000'000; ++i) {
      put_u32(words, layout::kFrameSync);
      put_u32(words, 0x03FF0000);  // a plain part of 1023 bytes
    }
    to.raw(words);
  });
  check();
}

TEST_F(HostileFile, WithTablesOfEmptyRows) {
  write([](HostileWriter& to) {
    for (const FrameType type :
         {FrameType::kMetadata, FrameType::kFunctions, FrameType::kTexts, FrameType::kProcesses,
          FrameType::kClocks, FrameType::kClasses, FrameType::kLosses, FrameType::kSummary}) {
      for (const std::size_t bytes : {0u, 2u, 8u}) {
        to.frames(20, type, {}, table(layout::kMaxTableRows, Bytes(bytes)));
        to.frames(20, type, {}, table(1u << 20, Bytes(bytes)));
      }
    }
  });
  check();
}

TEST_F(HostileFile, WithTablesOfClassesOfUnnamedArguments) {
  write([](HostileWriter& to) {
    Bytes row = {0, 0, 0, layout::kMaxArguments};
    row.resize(row.size() + 3 * layout::kMaxArguments);
    to.frames(20, FrameType::kClasses, {}, table(layout::kMaxTableRows, row));
    to.frames(200, FrameType::kClasses, {}, table(layout::kMaxClasses, row));
  });
  check();
}

TEST_F(HostileFile, WithCompressedZerosInFrames) {
  write([](HostileWriter& to) {
    Bytes plain;
    put_chunk_header(plain, {});
    for (const int type : {1, 2, 3, 4, 5, 6, 0x11, 0x12, 0x13, 0x20, 0x7F})
      to.frames(2, static_cast<FrameType>(type), Bytes(8), zeros());
    to.frames(2, FrameType::kChunk, plain, zeros());
  });
  check();
}

TEST_F(HostileFile, WithCompressedZerosInColumns) {
  write([](HostileWriter& to) {
    ChunkHeader header;
    header.events = layout::kMaxChunkEvents;
    header.threads = 1;
    for (const layout::Column id :
         {layout::kThreads, layout::kTokenTable, layout::kTokens, layout::kTexts, layout::kEnterLow,
          layout::kEnterHigh, layout::kOtherLow, layout::kOtherHigh, layout::kTimeLong}) {
      to.chunk(header, bomb(id));
    }
  });
  check();
}

// Columns whose sizes agree, so that all of them are opened.
TEST_F(HostileFile, WithCompressedZerosInPairsOfColumns) {
  write([](HostileWriter& to) {
    ChunkHeader header;
    header.events = layout::kMaxChunkEvents;
    for (const std::uint32_t low : {layout::kEnterLow, layout::kOtherLow}) {
      Bytes columns = bomb(low, layout::kMaxRawBytes / 2);
      const Bytes high = bomb(low + 1, layout::kMaxRawBytes / 2);
      columns.insert(columns.end(), high.begin(), high.end());
      to.chunk(header, columns);
    }
    for (const std::uint32_t id :
         {layout::kThreads, layout::kTokens, layout::kTexts, layout::kTimeLong})
      to.chunk(header, bomb(id));
  });
  check();
}

TEST_F(HostileFile, WithAMillionEventsOfSixteenArguments) {
  write([](HostileWriter& to) {
    EventClass one;
    one.name = "c";
    one.arguments.resize(layout::kMaxArguments);
    to.frame(FrameType::kClasses, {}, encode(std::vector<EventClass>{one}));
    constexpr std::uint32_t kEvents = layout::kMaxChunkEvents * 3 / 4;
    ChunkHeader header;
    header.events = kEvents;
    header.threads = 1;
    Bytes columns, thread = {1, 1};
    put_varint(thread, kEvents);
    thread.insert(thread.end(), {0, 0});
    put_column(columns, layout::kThreads, thread);
    put_column(columns, layout::kTokenTable, Bytes{9});
    for (const std::uint32_t id : {layout::kTokens, layout::kOtherLow, layout::kOtherHigh})
      put_column(columns, id, Bytes(kEvents));
    to.chunk(header, columns);
    for (std::uint32_t argument = 0; argument < layout::kMaxArguments; ++argument)
      put_column(columns, layout::kFirstArgument + argument, Bytes(kEvents));
    to.chunk(header, columns);
  });
  check();
}

// Enters only, over and over, and as many open calls as a chunk may begin with.
TEST_F(HostileFile, WithDeepStacks) {
  write([](HostileWriter& to) {
    ChunkHeader header;
    header.ids.call = CallId{1u << 30};
    header.events = header.calls = layout::kMaxChunkEvents;
    header.threads = 1;
    const auto chunk = [&](std::uint32_t open_calls, std::uint32_t tid) {
      Bytes columns, thread = {1};
      put_varint(thread, tid);
      put_varint(thread, header.events);
      put_varint(thread, 0);
      put_varint(thread, open_calls);
      for (std::uint32_t i = 0; i < open_calls; ++i)
        thread.insert(thread.end(), {4, 1, 0, 0, 0});
      put_column(columns, layout::kThreads, thread);
      put_column(columns, layout::kTokenTable, Bytes{0});
      put_column(columns, layout::kTokens, Bytes(header.events));
      put_column(columns, layout::kEnterLow, Bytes(header.events));
      put_column(columns, layout::kEnterHigh, Bytes(header.events));
      to.chunk(header, columns);
    };
    for (std::uint32_t tid = 1; tid < 4; ++tid) {
      chunk(layout::kMaxOpenCalls, tid);
      chunk(layout::kMaxOpenCalls + 1, tid);
    }
  });
  check();
}

// Time spent in calls inside adds up to more than 64 bits.
TEST_F(HostileFile, WithMoreTimeInsideCallsThanThereIs) {
  write([](HostileWriter& to) {
    ChunkHeader header;
    header.ids.call = CallId{1000};
    header.events = 100;
    header.threads = 1;
    Bytes columns, thread = {1, 1, 100, 0, 100};
    for (int i = 0; i < 100; ++i) {
      thread.insert(thread.end(), {4, 1, 0});
      put_varint(thread, layout::kMaxNs - 1);
      thread.push_back(0);
    }
    put_column(columns, layout::kThreads, thread);
    put_column(columns, layout::kTokenTable, Bytes{2});
    put_column(columns, layout::kTokens, Bytes(100));
    put_column(columns, layout::kOtherLow, Bytes(100));
    put_column(columns, layout::kOtherHigh, Bytes(100));
    to.chunk(header, columns);
  });
  check();
}

TEST_F(HostileFile, WithManyThreads) {
  write([](HostileWriter& to) {
    ChunkHeader header;
    header.threads = layout::kMaxChunkThreads;
    header.ids.call = CallId{1};
    for (std::uint32_t chunk = 0; chunk < 8; ++chunk) {
      Bytes columns, threads;
      for (std::uint32_t tid = 0; tid < header.threads; ++tid) {
        put_varint(threads, chunk);
        put_varint(threads, tid);
        threads.insert(threads.end(), {0, 0, 4, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0});
        threads.insert(threads.end(), {1, 1, 0, 0, 0});
      }
      put_column(columns, layout::kThreads, threads);
      to.chunk(header, columns);
    }
  });
  check();
}

// Functions with `rows` of a histogram each, as a summary has them.
Bytes summary_of_functions(std::uint32_t functions, unsigned blocks) {
  Summary summary;
  for (std::uint32_t id = 0; id < functions; ++id) {
    FunctionSummary& function = summary.functions[FunctionId{id}];
    for (unsigned block = 0; block < blocks; ++block)
      function.durations.add_row((block + id % 8) * 16, 1);
    function.ended[1] = blocks;
  }
  return encode(summary);
}

TEST_F(HostileFile, WithSummariesOfMoreHistogramsThanAnyRecordingHas) {
  for (const unsigned blocks : {1u, 2u, 3u, 4u, 8u, 49u}) {
    write([&](HostileWriter& to) {
      Bytes plain;
      put_chunk_header(plain, {});
      const std::uint32_t functions = blocks < 9 ? 65'536 : 20'000;
      const Bytes rest = summary_of_functions(functions, blocks);
      const Bytes shifted = summary_of_functions(functions, blocks / 2 + 1);
      for (std::uint8_t i = 0; i < 4; ++i) {
        to.frame(FrameType::kChunk, plain, {});
        to.frame(FrameType::kSummary, Bytes{i, 0, 0, 0, 0, 0, 0, 0}, i % 2 ? rest : shifted);
      }
    });
    check();
  }
}

TEST_F(HostileFile, WithManySmallSummariesAfterALargeOne) {
  write([](HostileWriter& to) {
    to.frame(FrameType::kSummary, Bytes(8), summary_of_functions(65'536, 1));
    const Bytes small = summary_of_functions(1, 1);
    for (std::uint64_t i = 1; i < 300'000; ++i) {
      Bytes plain;
      put_u64(plain, i);
      to.frame(FrameType::kSummary, plain, small);
    }
  });
  check();
}

TEST_F(HostileFile, WithSummariesOfManyCausesOfLosses) {
  write([](HostileWriter& to) {
    for (std::uint64_t i = 0; i < 16; ++i) {
      Summary summary;
      for (std::uint32_t cause = 0; cause < 60'000; ++cause)
        summary.losses[std::to_string(i) + "-" + std::to_string(cause) + std::string(200, 'x')] = 1;
      Bytes plain;
      put_u64(plain, i);
      to.frame(FrameType::kSummary, plain, encode(summary));
    }
  });
  check();
}

TEST_F(HostileFile, WithAMillionFunctionsInItsChunks) {
  write([](HostileWriter& to) {
    constexpr std::uint32_t kCalls = layout::kMaxChunkEvents / 2;
    ChunkHeader header;
    header.events = 2 * kCalls;
    header.calls = kCalls;
    header.threads = 1;
    header.last = from_ns(1ll << 55);
    Bytes thread = {1, 1}, table, tokens, high, longer;
    put_varint(thread, header.events);
    thread.insert(thread.end(), {0, 0});
    put_varint(table, 1);
    for (std::uint32_t function = 0; function < 65'536; ++function)
      put_varint(table, function << 4);
    for (std::uint32_t call = 0; call < kCalls; ++call) {
      put_varint(tokens, 1 + call % 65'536);
      put_varint(tokens, 0);
      high.push_back(layout::kLongTime);
      put_varint(longer, 1ull << (5 + call / 65'536 * 4));
    }
    for (int i = 0; i < 2; ++i) {
      Bytes columns;
      put_column(columns, layout::kThreads, thread);
      put_column(columns, layout::kTokenTable, table);
      put_column(columns, layout::kTokens, tokens);
      put_column(columns, layout::kEnterLow, Bytes(kCalls));
      put_column(columns, layout::kEnterHigh, Bytes(kCalls));
      put_column(columns, layout::kOtherLow, Bytes(kCalls));
      put_column(columns, layout::kOtherHigh, high);
      put_column(columns, layout::kTimeLong, longer);
      to.chunk(header, columns);
    }
  });
  check();
}

// All at once: what a reader holds is bounded together.
TEST_F(HostileFile, WithEverythingItMayHave) {
  write([](HostileWriter& to) {
    Bytes row;
    put_string(row, std::string(16, 'k'));
    put_string(row, std::string(16, 'v'));
    to.frames(12, FrameType::kMetadata, {}, table(layout::kMaxTableRows, row));
    const Bytes large = summary_of_functions(65'536, 2);
    const Bytes other = summary_of_functions(65'536, 1);
    Bytes plain;
    put_chunk_header(plain, {});
    for (std::uint64_t i = 0; i < 780'000; ++i) {
      to.frame(FrameType::kChunk, plain, {});
      if (i % 100'000 != 50'000) continue;
      Bytes chunk;
      put_u64(chunk, i);
      to.frame(FrameType::kSummary, chunk, i < 400'000 ? large : other);
    }
    to.frames(780'000, FrameType::kTexts, {}, {});
  });
  check();
}

// Headers that declare sizes which no reader believes.
TEST_F(HostileFile, WithHugeDeclaredSizes) {
  write([](HostileWriter& to) {
    to.frame(FrameType::kTexts, {}, table(1, {0, 0, 0}));
    for (const std::uint32_t payload : {1u << 20, layout::kMaxPayloadBytes, 0x7FFFFFF0u, ~0u}) {
      for (const std::uint32_t raw : {0u, layout::kMaxRawBytes, ~0u}) {
        Bytes frame;
        put_u32(frame, layout::kFrameSync);
        frame.insert(frame.end(), {3, layout::kFlagCompressed, 0, 0});
        put_u32(frame, payload);
        put_u32(frame, raw);
        put_u64(frame, 1);
        put_u32(frame, 0);
        put_u32(frame, crc32c(frame));
        to.raw(frame);
      }
    }
  });
  check();
}

// The frame that ends a trace, and the index before it, say what they like.
class HostileIndex : public HostileFile {
 protected:
  static void put_end(HostileWriter& to, std::uint64_t index_offset) {
    TraceEnd end;
    end.index_offset = index_offset;
    to.frame(FrameType::kEnd, encode_end(end), {});
  }
};

TEST_F(HostileIndex, OutsideOfTheFile) {
  for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{33},
                                     std::uint64_t{1} << 40, UINT64_MAX - 7, UINT64_MAX}) {
    write([&](HostileWriter& to) {
      to.frame(FrameType::kTexts, {}, table(1, {0, 0, 0}));
      to.raw(Bytes(8));  // damage, so that a walk tells of it
      put_end(to, offset);
    });
    check();
  }
}

TEST_F(HostileIndex, ThatIsTheEndItself) {
  write([](HostileWriter& to) {
    to.frame(FrameType::kTexts, {}, table(1, {0, 0, 0}));
    to.raw(Bytes(8));
    put_end(to, to.offset());
  });
  check();
}

TEST_F(HostileIndex, ThatListsItself) {
  write([](HostileWriter& to) {
    Bytes index = {2, 3, 0, 40, 0x20, 0, 40};
    to.frame(FrameType::kTexts, {}, table(1, {0, 0, 0}));
    to.raw(Bytes(8));
    const std::uint64_t offset = to.offset();
    to.frame(FrameType::kIndex, {}, index);
    put_end(to, offset);
  });
  check();
}

// Of one frame, most of it a hole.
TEST_F(HostileIndex, OfAFrameLargerThanTheBound) {
  write([](HostileWriter& to) {
    constexpr std::uint64_t kBytes = 512u << 20;
    to.frame(FrameType::kMetadata, {}, table(1, {0, 0}));
    to.go_to(32 + kBytes);
    Bytes index = {1, 1, 0};
    put_varint(index, kBytes);
    const std::uint64_t offset = to.offset();
    to.frame(FrameType::kIndex, {}, index);
    put_end(to, offset);
  });
  check();
}

}  // namespace
}  // namespace pgrec

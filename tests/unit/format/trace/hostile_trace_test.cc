// Covers the bounds of format/: frames, tables and indexes made to take memory or time.
#include "format/frame/checksum.h"
#include "format/trace/index.h"
#include "tests/unit/hostile_file.h"

namespace pgrec {
namespace {

using layout::FrameType;
using test::HostileFile;
using test::HostileWriter;
using test::table;

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
      to.frames(2, static_cast<FrameType>(type), Bytes(8), Bytes(layout::kMaxRawBytes));
    to.frames(2, FrameType::kChunk, plain, Bytes(layout::kMaxRawBytes));
  });
  check();
}

// Columns whose sizes agree, so that all of them are opened.
// Enters only, over and over, and as many open calls as a chunk may begin with.
// Time spent in calls inside adds up to more than 64 bits.
// Functions with `rows` of a histogram each, as a summary has them.
// All at once: what a reader holds is bounded together.
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

// Covers the bounds of format/: summaries made to take memory or time, and everything at once.
#include "format/table/summary.h"
#include "tests/unit/hostile_file.h"

namespace pgrec {
namespace {

using layout::FrameType;
using test::HostileFile;
using test::HostileWriter;
using test::table;

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

}  // namespace
}  // namespace pgrec

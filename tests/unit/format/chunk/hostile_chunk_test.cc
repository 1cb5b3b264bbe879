// Covers the bounds of format/: chunks made to take memory or time.
#include "format/chunk/columns.h"
#include "tests/unit/hostile_file.h"

namespace pgrec {
namespace {

using layout::FrameType;
using test::HostileFile;
using test::HostileWriter;

// A column of zeros, compressed.
Bytes bomb(std::uint32_t id, std::size_t bytes = layout::kMaxRawBytes) {
  Bytes out;
  put_column(out, id, Bytes(bytes));
  return out;
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

}  // namespace
}  // namespace pgrec

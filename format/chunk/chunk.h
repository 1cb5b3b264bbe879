// The chunk: the events of all threads over a stretch of time, as columns. It begins with what
// every thread had open, so it decodes without any other chunk; damage to one costs that one.
// format/chunk/chunk_builder.h encodes it, format/chunk/chunk_decoder.h decodes it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "format/chunk/arguments.h"
#include "format/event.h"
#include "format/frame/bytes.h"
#include "format/thread_state.h"

namespace pgrec {

// The uncompressed part: what a reader needs to decide whether to decode the rest.
struct ChunkHeader {
  Timestamp first{};  // earliest event; differences in the columns count from here
  Timestamp last{};   // latest event
  NextIds ids;        // of the first call and the first execution that begin in this chunk
  std::uint32_t events = 0;
  std::uint32_t calls = 0;       // that got their ids here: entered or headless
  std::uint32_t executions = 0;  // that began here
  std::uint32_t threads = 0;
  Duration longest{};           // the longest call that returned here; 0 where none did
  std::uint64_t functions = 0;  // bit (id mod 64) of each whose calls begin or end here
  std::uint64_t processes = 0;  // bit (pid mod 64) of each that has events here

  // Those of the chunk that follows.
  NextIds next_ids() const {
    return {CallId{value(ids.call) + calls}, ExecutionId{value(ids.execution) + executions}};
  }
  bool operator==(const ChunkHeader&) const = default;
};

constexpr std::uint64_t mask_bit(std::uint32_t id) {
  return 1ull << (id % 64);
}

void put_chunk_header(Bytes& out, const ChunkHeader& header);
// False when the bytes cannot be a chunk's header or pass a bound.
bool get_chunk_header(ByteReader& in, ChunkHeader& header);

// One thread in a decoded chunk.
struct ChunkThread {
  ThreadKey key;
  ThreadState opening;                    // before the first event
  std::vector<Event> events;              // in order of time
  std::vector<ArgumentValues> arguments;  // of each event of a class, in the same order
};

struct Chunk {
  ChunkHeader header;
  std::vector<ChunkThread> threads;  // in order of key; also those with no event but something open
};

// The chunk, or nothing when the columns contradict the header, each other or a bound. Of an event
// with more arguments than a chunk's bound leaves room for, none is kept. `classes`: what the trace
// describes.
std::optional<Chunk> decode_chunk(ByteView plain, ByteView columns,
                                  const std::vector<EventClass>& classes = {});

}  // namespace pgrec

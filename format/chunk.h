// The chunk: the events of all threads over a stretch of time, as columns. It begins with what
// every thread had open, so it decodes without any other chunk; damage to one costs that one.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "format/bytes.h"
#include "format/event.h"
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
  bool operator==(const ChunkHeader& o) const {
    return first == o.first && last == o.last && ids.call == o.ids.call &&
           ids.execution == o.ids.execution && events == o.events && calls == o.calls &&
           executions == o.executions && threads == o.threads;
  }
};

void put_chunk_header(Bytes& out, const ChunkHeader& header);
// False when the bytes cannot be a chunk's header or pass a bound.
bool get_chunk_header(ByteReader& in, ChunkHeader& header);

// One thread in a decoded chunk.
struct ChunkThread {
  ThreadKey key;
  ThreadState opening;        // before the first event
  std::vector<Event> events;  // in order of time
};

struct Chunk {
  ChunkHeader header;
  std::vector<ChunkThread> threads;  // in order of key; also those with no event but something open
};

// Collects events and encodes them. Keeps every thread's state from chunk to chunk.
class ChunkBuilder {
 public:
  // Adds events of one thread; in order of time within the thread and with the events before them.
  // Each must apply to the thread's state: a call that ends must be open.
  void append(const ThreadKey& thread, std::span<const Event> events);

  std::uint32_t events() const { return header_.events; }
  // Earliest and latest event collected; only with events() > 0.
  const ChunkHeader& header() const { return header_; }
  // Ids handed out so far, to the end of the last encoded chunk: how many calls and executions
  // began.
  const NextIds& ids() const { return next_; }

  struct Encoded {
    ChunkHeader header;
    Bytes plain;
    Bytes columns;
  };
  // The collected events as one chunk, and begins the next.
  Encoded encode();

 private:
  struct Thread {
    ThreadState state;  // at the start of the chunk
    std::vector<Event> events;
  };
  std::map<ThreadKey, Thread> threads_;
  ChunkHeader header_;
  NextIds next_;
};

// The chunk, or nothing when the columns contradict the header, each other or a bound.
std::optional<Chunk> decode_chunk(ByteView plain, ByteView columns);

}  // namespace pgrec

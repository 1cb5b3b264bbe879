// Collects events and encodes them as chunks, each with its summary. Keeps every thread's state
// from chunk to chunk.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "format/chunk/chunk.h"
#include "format/chunk/chunk_sums.h"
#include "format/table/summary.h"

namespace pgrec {

class ChunkBuilder {
 public:
  // Adds events of one thread; in order of time within the thread and with the events before them.
  // Each must apply to the thread's state: a call that ends must be open. `arguments`: of those of
  // classes, in the same order, one element each; they are moved out of it.
  void append(const ThreadKey& thread, std::span<const Event> events,
              std::span<ArgumentValues> arguments = {});

  // From the next chunk on, summaries have statements and the longest executions.
  void sum_statements(StatementSource source) { sums_.sum_statements(std::move(source)); }

  // Events were lost since the last chunk: for its summary.
  void lost(const std::string& cause, std::uint64_t events) { sums_.lost(cause, events); }

  std::uint32_t events() const { return header_.events; }
  // What all columns but those of arguments take uncompressed, at most; and of it an event.
  std::size_t raw_bytes() const {
    return opening_bytes_ + std::size_t{header_.events} * kEventBytes;
  }
  static constexpr std::size_t kEventBytes = 22;
  // Threads that the chunk lists, and whether it lists this one.
  std::size_t threads() const { return threads_.size(); }
  bool lists(const ThreadKey& thread) const { return threads_.contains(thread); }
  // Calls that are open in all threads after the collected events.
  std::uint64_t open_calls() const;
  // Ids handed out so far, to the end of the last encoded chunk: how many calls and executions
  // began.
  const NextIds& ids() const { return next_; }

  struct Encoded {
    ChunkHeader header;
    Bytes plain;
    Bytes columns;
    Summary summary;
  };
  // The collected events as one chunk, and begins the next.
  Encoded encode();

 private:
  struct Thread {
    ThreadState state;  // at the start of the chunk
    std::vector<Event> events;
    std::vector<ArgumentValues> arguments;
  };
  struct Planes;
  void encode_events(const ThreadKey& key, Thread& thread, Planes& planes);
  std::uint32_t place_of(std::uint32_t token) {
    if (token < token_places_.size() && token_places_[token] > 0) return token_places_[token] - 1;
    return add_token(token);
  }
  std::uint32_t add_token(std::uint32_t token);

  std::map<ThreadKey, Thread> threads_;
  ChunkHeader header_;
  std::size_t opening_bytes_ = 0;  // of the column of threads, at most
  NextIds next_;
  ChunkSums sums_;
  // The chunk's tokens in the order in which they were met, and the place of each, from 1.
  std::vector<std::uint32_t> tokens_;
  std::vector<std::uint32_t> token_places_;
};

}  // namespace pgrec

// What became of calls that are open at the end of a chunk. A chunk begins with what is open, so
// the one in which a call ends is found by a few looks at chunks further and further on.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "analyze/trace/chunk_list.h"
#include "format/thread_state.h"

namespace pgrec {

class CallEnds {
 public:
  // Reads what a chunk carries (CallsOfChunk::carried); nothing where it cannot be read.
  using Read = std::function<std::optional<std::vector<Call>>(std::size_t chunk)>;

  // Borrows the list.
  CallEnds(const ChunkList& chunks, Read read) : chunks_(chunks), read_(std::move(read)) {}

  // How a call ended that is open at the end of `chunk`. Where chunks that cannot be read hide its
  // end, its outcome is exit-lost, and where the file ends with it, it is open; of both nothing
  // else is known.
  Call find(std::size_t chunk, CallId id);
  // Of the calls with these ids, which began where no chunk can be read, those that were open at
  // the start of the next that can be, from `chunk` on: as they ended there, or with find().
  std::vector<Call> lost_begins(std::size_t chunk, CallId from, CallId to);

  // What a chunk carries, known by now.
  void hold(std::size_t chunk, std::vector<Call> carried);

 private:
  struct Held {
    std::vector<Call> calls;
    std::uint64_t used = 0;
  };
  // The first from `chunk` on, and before `end`, that can be read; else `end`.
  std::size_t readable(std::size_t chunk, std::size_t end);
  const std::vector<Call>* carried(std::size_t chunk);

  const ChunkList& chunks_;
  Read read_;
  std::map<std::size_t, Held> held_;
  std::set<std::size_t> unreadable_;
  std::size_t held_calls_ = 0;
  std::uint64_t uses_ = 0;
};

}  // namespace pgrec

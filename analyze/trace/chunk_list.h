// The chunks of a set, as they are listed: by number, and by the ids that calls and executions get
// in them.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "analyze/trace/trace_set.h"

namespace pgrec {

class ChunkList {
 public:
  struct One {
    TraceSet::File* file = nullptr;
    ChunkRef chunk;     // its times and ids are the file's
    CallId gap_from{};  // of the set: calls from here to the chunk's first are of lost chunks
    ExecutionId execution_gap_from{};

    Timestamp first() const { return chunk.header.first + file->shift; }
    Timestamp last() const { return chunk.header.last + file->shift; }
    CallId first_call() const;
    CallId next_call() const;
    ExecutionId first_execution() const;
    ExecutionId next_execution() const;
    bool has_gap() const { return gap_from < first_call(); }
  };

  // Borrows the set. About 200 bytes a chunk.
  explicit ChunkList(TraceSet& set);

  std::size_t size() const { return all_.size(); }
  const One& operator[](std::size_t number) const { return all_[number]; }
  // The number behind the last of the chunk's file.
  std::size_t end_of_file(std::size_t number) const { return ends_[all_[number].file->number]; }

  // The chunk in which, or in the gap before which, a call or an execution began; size() where
  // there is none.
  std::size_t of(CallId call) const;
  std::size_t of(ExecutionId execution) const;
  // Ids in the order of the chunks, as in every trace that pgrec writes: of() finds them.
  bool is_sorted() const { return is_sorted_; }

 private:
  std::vector<One> all_;
  std::vector<std::size_t> ends_;  // by file
  bool is_sorted_ = true;
};

}  // namespace pgrec

// Executions by their ids: those of the chunks that were looked at last are kept for the next.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <unordered_map>

#include "analyze/calls/chunk_pass.h"
#include "analyze/calls/execution_record.h"
#include "analyze/trace/chunk_list.h"

namespace pgrec {

class ExecutionLookup {
 public:
  // Borrows the set and the list.
  ExecutionLookup(TraceSet& set, const ChunkList& chunks, const PassOptions& options)
      : set_(set), chunks_(chunks), options_(options) {}

  // The execution, preparation or worker's run with this id of the set; valid until the next call.
  // Null where there is none, or it is a part of one that began in an earlier file.
  const ExecutionRecord* find(ExecutionId id);
  // The same, as far as the chunk tells in which it began: all there is of one that is open and
  // told nothing since.
  const ExecutionRecord* begun(ExecutionId id);

 private:
  // What a chunk has of one; not whole where it began or goes on elsewhere.
  struct Known {
    ExecutionRecord record;
    bool is_whole = false;
    bool is_none = false;  // not found when it was looked for
  };
  using OfChunk = std::unordered_map<ExecutionId, Known>;

  // Null where it cannot be read.
  OfChunk* read(std::size_t chunk);
  Known* find_in_chunks(ExecutionId id);
  void complete(Known& known);

  TraceSet& set_;
  const ChunkList& chunks_;
  PassOptions options_;
  std::deque<std::pair<std::size_t, std::unique_ptr<OfChunk>>> kept_;
};

}  // namespace pgrec

// Makes the summary of a chunk from its events, where the stored one cannot be read.
#pragma once

#include <utility>

#include "format/chunk/chunk.h"
#include "format/table/summary.h"

namespace pgrec {

// A visitor of format/chunk/chunk_decoder.h.
class ChunkSummary {
 public:
  void chunk(const ChunkHeader& header, const Columns& /*columns*/) { ids_ = header.ids; }
  void thread(const ThreadKey& key, ThreadState&& opening) {
    key_ = key;
    state_ = std::move(opening);
    builder_.thread(key);
  }
  [[gnu::always_inline]] bool event(const Event& event) {
    builder_.begun(event);
    return replay(event, key_, state_, ids_, builder_);
  }
  Summary take() { return builder_.take(); }

 private:
  NextIds ids_;
  ThreadKey key_;
  ThreadState state_;
  SummaryBuilder builder_;
};

}  // namespace pgrec

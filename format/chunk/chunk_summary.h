// Makes the summary of a chunk from its events, where the stored one cannot be read.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "format/chunk/chunk.h"
#include "format/chunk/chunk_sums.h"

namespace pgrec {

// A visitor of format/chunk/chunk_decoder.h.
class ChunkSummary {
 public:
  // Of one chunk, or of several at once, without statements and the longest executions.
  ChunkSummary() : ChunkSummary(kNoClasses) {}
  // With them; `classes`: those that the trace describes, borrowed. One object for all chunks of a
  // trace in their order, because executions go on from one to the next; take() after each.
  ChunkSummary(StatementSource source, const std::vector<EventClass>& classes)
      : ChunkSummary(classes) {
    sums_.sum_statements(std::move(source));
  }

  void chunk(const ChunkHeader& header, const Columns& columns) {
    if (header.ids != ids_) sums_.forget();
    ids_ = header.ids;
    arguments_.emplace(columns, classes_);
  }
  void thread(const ThreadKey& key, ThreadState&& opening) {
    key_ = key;
    state_ = std::move(opening);
    sums_.thread(key, state_);
  }
  [[gnu::always_inline]] bool event(const Event& event) {
    if (event.kind == EventKind::kEnter || event.kind == EventKind::kHeadless) {
      sums_.call_begun(event.function);
    } else if (event.kind == EventKind::kOfClass) {
      of_class(event.event_class);
    }
    if (!replay(event, key_, state_, ids_, sums_)) return false;
    if (event.kind == EventKind::kExecutionBegin) sums_.execution_begun(*state_.execution);
    return true;
  }

  // The summary of the chunk, and begins the next.
  Summary take() { return sums_.take(); }
  // A chunk could not be decoded, or is missing.
  void forget() {
    sums_.take();
    sums_.forget();
  }

 private:
  static inline const std::vector<EventClass> kNoClasses;

  explicit ChunkSummary(const std::vector<EventClass>& classes) : classes_(classes) {}
  void of_class(ClassId event_class) {
    const ExecutionRole* role = sums_.class_event(event_class);
    if (!role) return;
    sums_.told(*role, role->has_arguments() ? arguments_->next(event_class) : ArgumentValues{});
  }

  const std::vector<EventClass>& classes_;
  std::optional<ArgumentReader> arguments_;  // of this chunk
  NextIds ids_;
  ThreadKey key_;
  ThreadState state_;
  ChunkSums sums_;
};

}  // namespace pgrec

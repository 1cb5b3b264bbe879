// The events of classes in one chunk, with their arguments.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "analyze/calls/call_rows.h"
#include "analyze/calls/chunk_pass.h"
#include "analyze/trace/in_set.h"
#include "format/chunk/arguments.h"

namespace pgrec {

// Which are wanted.
struct EventWish {
  NumberRange times, pids;
  bool with_arguments = true;
};

struct ClassHit {
  ThreadKey thread;
  Timestamp at{};
  ClassId event_class{};
  ExecutionId execution = kNoExecution;  // that ran, as the file has it, in the ids of the set
  ArgumentValues arguments;
  std::uint32_t number = 0;  // among the events of classes of the chunk
};

struct EventsOfChunk final : ChunkResult {
  std::vector<ClassHit> events;  // thread by thread
};

// Decodes chunks on a thread of its own; gives EventsOfChunk. A visitor too, of its own chunks.
class EventWorker final : public ChunkWorker {
 public:
  // Borrows the wish.
  explicit EventWorker(const EventWish& wish) : wish_(wish) {}
  std::unique_ptr<ChunkResult> work(const ChunkJob& job) override;

  void chunk(const ChunkHeader& header, const Columns& columns);
  void thread(const ThreadKey& key, ThreadState&& opening);
  [[gnu::always_inline]] bool event(const Event& event) {
    if (event.kind == EventKind::kOfClass) {
      class_event(event);
      return true;
    }
    NoSink sink;
    return replay(event, key_, state_, ids_, sink);
  }

 private:
  void class_event(const Event& event);

  const EventWish& wish_;
  const TraceSet::File* file_ = nullptr;
  EventsOfChunk* into_ = nullptr;
  std::optional<ArgumentReader> arguments_;
  ArgumentValues skipped_;
  NextIds ids_;
  ThreadKey key_;
  ThreadState state_;
  bool is_wanted_ = false;  // the thread
  std::uint32_t number_ = 0;
  ChunkDecoder decoder_;
};

}  // namespace pgrec

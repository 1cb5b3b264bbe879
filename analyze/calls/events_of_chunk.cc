#include "analyze/calls/events_of_chunk.h"

#include <utility>

namespace pgrec {

std::unique_ptr<ChunkResult> EventWorker::work(const ChunkJob& job) {
  auto result = std::make_unique<EventsOfChunk>();
  file_ = job.file;
  into_ = result.get();
  if (!decode_in_set(*job.file, job.payload, decoder_, *this)) return nullptr;
  arguments_.reset();
  return result;
}

void EventWorker::chunk(const ChunkHeader& header, const Columns& columns) {
  ids_ = header.ids;
  number_ = 0;
  arguments_.emplace(columns, file_->reader.classes());
}

void EventWorker::thread(const ThreadKey& key, ThreadState&& opening) {
  key_ = key;
  state_ = std::move(opening);
  is_wanted_ = wish_.pids.has(key.pid);
}

void EventWorker::class_event(const Event& event) {
  const std::uint32_t number = number_++;
  if (!is_wanted_ || !wish_.times.has(to_ns(event.ts))) {
    if (wish_.with_arguments) arguments_->next(event.event_class, skipped_);
    return;
  }
  ClassHit& one = into_->events.emplace_back();
  one.thread = key_;
  one.at = event.ts;
  one.event_class = event.event_class;
  if (state_.execution) one.execution = state_.execution->id;
  if (wish_.with_arguments) arguments_->next(event.event_class, one.arguments);
  one.number = number;
}

}  // namespace pgrec

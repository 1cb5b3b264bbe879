#include "analyze/calls/chunks_ahead.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace pgrec {

std::unique_ptr<ChunkResult> work_on(const ChunkList::One& one, ChunkWorker& worker) {
  auto payload = one.file->reader.read(one.chunk);
  if (!payload) return nullptr;
  const ChunkJob job{0, one.file, one.chunk, std::move(*payload)};
  auto result = worker.work(job);
  if (!result) one.file->reader.add_damage(one.chunk.frame, "the chunk does not decode");
  return result;
}

ChunksAhead::ChunksAhead(const ChunkList& chunks, MakeWorker make_worker, unsigned threads)
    : chunks_(chunks),
      make_worker_(std::move(make_worker)),
      threads_wanted_(std::max(threads, 1u)),
      own_(make_worker_()) {}

ChunksAhead::~ChunksAhead() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_)
    thread.join();
}

void ChunksAhead::ask(std::size_t chunk) {
  auto slot = std::make_shared<Slot>();
  slot->chunk = chunk;
  {
    const std::lock_guard lock(mutex_);
    slots_.push_back(std::move(slot));
  }
  ++asked_;
  if (!threads_.empty()) changed_.notify_all();
}

std::unique_ptr<ChunkResult> ChunksAhead::take() {
  std::unique_lock lock(mutex_);
  if (!is_first_ && threads_wanted_ > 1 && threads_.empty()) {
    for (unsigned i = 0; i < threads_wanted_; ++i)
      workers_.push_back(make_worker_());
    // Where no further thread is to be had, those there are do it, or this one.
    try {
      for (unsigned i = 0; i < threads_wanted_; ++i)
        threads_.emplace_back([this] { work(); });
    } catch (const std::system_error&) {
      if (threads_.empty()) threads_wanted_ = 1;
    }
  }
  is_first_ = false;
  const std::shared_ptr<Slot> slot = slots_.front();
  if (!slot->is_taken_on) {
    slot->is_taken_on = true;
    lock.unlock();
    run(*slot, *own_);
    lock.lock();
    slot->is_done = true;
  }
  changed_.wait(lock, [&] { return slot->is_done; });
  slots_.pop_front();
  --asked_;
  if (slot->failure) std::rethrow_exception(slot->failure);
  return std::move(slot->result);
}

void ChunksAhead::work() {
  std::unique_lock lock(mutex_);
  ChunkWorker& worker = *workers_[next_worker_++];
  while (true) {
    std::shared_ptr<Slot> slot;
    changed_.wait(lock, [&] {
      if (stopped_) return true;
      for (const auto& one : slots_) {
        if (one->is_taken_on) continue;
        slot = one;
        return true;
      }
      return false;
    });
    if (stopped_) return;
    slot->is_taken_on = true;
    lock.unlock();
    run(*slot, worker);
    lock.lock();
    slot->is_done = true;
    changed_.notify_all();
  }
}

void ChunksAhead::run(Slot& slot, ChunkWorker& worker) const {
  try {
    slot.result = work_on(chunks_[slot.chunk], worker);
  } catch (...) {
    slot.failure = std::current_exception();
  }
}

}  // namespace pgrec

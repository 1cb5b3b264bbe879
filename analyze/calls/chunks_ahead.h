// Chunks worked on ahead of who takes them, on several threads, in the order in which they are
// asked for: a pass that is pulled, and may stop anywhere.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "analyze/calls/chunk_pass.h"
#include "analyze/trace/chunk_list.h"

namespace pgrec {

class ChunksAhead {
 public:
  using MakeWorker = std::function<std::unique_ptr<ChunkWorker>()>;

  // Borrows the list. `make_worker` gives one for each thread. The first chunk is worked on by who
  // takes it; threads begin with the second, and not at all where `threads` is 1.
  ChunksAhead(const ChunkList& chunks, MakeWorker make_worker, unsigned threads);
  ChunksAhead(const ChunksAhead&) = delete;
  ChunksAhead& operator=(const ChunksAhead&) = delete;
  // Waits for the chunks that are being worked on, and drops the others.
  ~ChunksAhead();

  // Asks for a chunk; its result comes behind those of the ones before.
  void ask(std::size_t chunk);
  // How many are asked for and not taken; more than room() are more than keep the threads busy.
  std::size_t asked() const { return asked_; }
  std::size_t room() const { return threads_wanted_ > 1 ? 2 * threads_wanted_ : 1; }
  // The result of the chunk that was asked for first; null where it cannot be read, which is then
  // damage of its file. Throws what the worker threw.
  std::unique_ptr<ChunkResult> take();

 private:
  struct Slot {
    std::size_t chunk = 0;
    bool is_taken_on = false, is_done = false;
    std::unique_ptr<ChunkResult> result;
    std::exception_ptr failure;
  };

  void work();
  void run(Slot& slot, ChunkWorker& worker) const;

  const ChunkList& chunks_;
  MakeWorker make_worker_;
  unsigned threads_wanted_;
  std::unique_ptr<ChunkWorker> own_;  // of who takes
  std::size_t asked_ = 0;
  bool is_first_ = true;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Slot>> slots_;
  bool stopped_ = false;
  std::vector<std::unique_ptr<ChunkWorker>> workers_;
  std::size_t next_worker_ = 0;
  std::vector<std::thread> threads_;
};

// Reads a chunk and has it worked on; null and damage where it cannot be read.
std::unique_ptr<ChunkResult> work_on(const ChunkList::One& one, ChunkWorker& worker);

}  // namespace pgrec

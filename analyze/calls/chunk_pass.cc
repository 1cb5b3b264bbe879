#include "analyze/calls/chunk_pass.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <vector>

namespace pgrec {
namespace {

// What waits to be taken.
struct Done {
  ChunkJob job;
  std::unique_ptr<ChunkResult> result;  // null: damage
};

class Run {
 public:
  Run(TraceSet& set, ChunkPass& pass, const PassOptions& options)
      : set_(set), pass_(pass), options_(options) {
    for (const auto& file : set_.files())
      bytes_ += file.reader.size_bytes();
    begin_file();
  }

  void work(ChunkWorker& worker) {
    try {
      while (auto job = next()) {
        auto result = worker.work(*job);
        finish(std::move(*job), std::move(result));
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
      changed_.notify_all();
    }
  }

  // After all workers.
  void end() {
    if (failure_) std::rethrow_exception(failure_);
    while (file_ < set_.files().size())
      end_file();
    if (options_.progress) options_.progress(1);
  }

 private:
  using Chunks = FrameRange<ChunkRef>;

  TraceSet::File& file() { return set_.files()[file_]; }

  void begin_file() {
    if (file_ == set_.files().size()) return;
    range_.emplace(file().reader.chunks());
    at_.emplace(range_->begin());
    last_ = {};
    wanted_any_ = false;
    wanted_all_ = true;
  }
  void end_file() {
    const bool to_the_end = wanted_all_ && !file().reader.may_miss_chunk_after(last_);
    pass_.end_of_file(file(), to_the_end);
    bytes_before_ += file().reader.size_bytes();
    ++file_;
    begin_file();
  }

  // Nothing is being worked on or waits to be taken.
  bool is_quiet() const { return taken_ == given_ && !taking_; }

  // The next chunk that is wanted. Reads it while it holds the lock: it takes a hundredth of what
  // the work on it does.
  std::optional<ChunkJob> next() {
    std::unique_lock lock(mutex_);
    while (true) {
      if (failure_ || pass_.is_done() || file_ == set_.files().size()) return std::nullopt;
      if (given_ - taken_ >= 3ull * std::max(options_.threads, 1u)) {
        changed_.wait(lock);
        continue;
      }
      if (*at_ == range_->end()) {
        // The next file begins when all of this one was taken.
        if (!is_quiet()) {
          changed_.wait(lock);
          continue;
        }
        end_file();
        changed_.notify_all();
        continue;
      }
      const ChunkRef chunk = **at_;
      const Want want = pass_.wants(file(), chunk);
      if (want == Want::kIfOpen && wanted_any_ && !is_quiet()) {
        changed_.wait(lock);
        continue;
      }
      if (want == Want::kNo || (want == Want::kIfOpen && !wanted_any_)) {
        if (wanted_any_) wanted_all_ = false;
        ++*at_;
        continue;
      }
      if (want == Want::kIfOpen && !pass_.is_open(file())) {
        ++*at_;
        continue;
      }
      ++*at_;
      wanted_any_ = true;
      auto payload = file().reader.read(chunk);
      if (!payload) {
        waiting_.emplace(given_, Done{ChunkJob{given_, &file(), chunk, {}}, nullptr});
        ++given_;
        take_waiting(lock);
        continue;
      }
      tell_progress(chunk);
      return ChunkJob{given_++, &file(), chunk, std::move(*payload)};
    }
  }

  void tell_progress(const ChunkRef& chunk) {
    if (!options_.progress || bytes_ == 0) return;
    options_.progress(static_cast<double>(bytes_before_ + chunk.frame.offset) /
                      static_cast<double>(bytes_));
  }

  void finish(ChunkJob job, std::unique_ptr<ChunkResult> result) {
    std::unique_lock lock(mutex_);
    if (!result) job.file->reader.add_damage(job.chunk.frame, "the chunk does not decode");
    job.payload = {};
    const std::uint64_t number = job.number;
    waiting_.emplace(number, Done{std::move(job), std::move(result)});
    take_waiting(lock);
  }

  // Takes what is next in order; one thread at a time, which lets go of the lock for it.
  void take_waiting(std::unique_lock<std::mutex>& lock) {
    if (taking_) return;
    taking_ = true;
    while (!waiting_.empty() && waiting_.begin()->first == taken_ && !failure_) {
      Done done = std::move(waiting_.extract(waiting_.begin()).mapped());
      const bool is_read = done.result != nullptr;
      lock.unlock();
      try {
        if (done.result) {
          pass_.take(done.job, *done.result);
        } else {
          pass_.take_damage(*done.job.file);
        }
        done.result.reset();
        lock.lock();
      } catch (...) {
        lock.lock();
        if (!failure_) failure_ = std::current_exception();
      }
      if (is_read) last_.read(done.job.chunk);
      ++taken_;
    }
    taking_ = false;
    changed_.notify_all();
  }

  TraceSet& set_;
  ChunkPass& pass_;
  const PassOptions& options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::exception_ptr failure_;
  std::size_t file_ = 0;
  std::optional<Chunks> range_;
  std::optional<Chunks::Iterator> at_;
  TraceReader::LastChunk last_;
  bool wanted_any_ = false, wanted_all_ = true;
  std::uint64_t given_ = 0, taken_ = 0;
  bool taking_ = false;
  std::map<std::uint64_t, Done> waiting_;
  std::uint64_t bytes_ = 0, bytes_before_ = 0;
};

}  // namespace

void run_pass(TraceSet& set, ChunkPass& pass, const PassOptions& options) {
  std::vector<std::unique_ptr<ChunkWorker>> workers;
  for (unsigned i = 0; i < std::max(options.threads, 1u); ++i)
    workers.push_back(pass.worker());
  Run run(set, pass, options);
  std::vector<std::thread> threads;
  // Where no further thread is to be had, those there are do it.
  try {
    for (std::size_t i = 1; i < workers.size(); ++i)
      threads.emplace_back([&run, &worker = *workers[i]] { run.work(worker); });
  } catch (const std::system_error&) {
  }
  run.work(*workers.front());
  for (std::thread& thread : threads)
    thread.join();
  run.end();
}

}  // namespace pgrec

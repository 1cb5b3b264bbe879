#include "format/frame/file_sync.h"

#include <chrono>
#include <utility>

namespace pgrec {

FileSync::FileSync(File& file, Sync policy) : file_(file), policy_(policy) {
  if (policy_ == Sync::kEverySecond) thread_ = std::thread([this] { run(); });
}

FileSync::~FileSync() {
  stop();
}

void FileSync::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void FileSync::run() {
  std::unique_lock lock(mutex_);
  while (!stopping_ && !failure_) {
    wake_.wait_for(lock, std::chrono::seconds(1), [this] { return stopping_; });
    if (stopping_ || !std::exchange(dirty_, false)) continue;
    lock.unlock();
    std::exception_ptr failure;
    try {
      file_.sync();
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    failure_ = failure;
  }
}

void FileSync::rethrow() {
  const std::lock_guard lock(mutex_);
  if (failure_) std::rethrow_exception(failure_);
}

void FileSync::written(bool chunk) {
  if (policy_ == Sync::kEveryChunk && chunk) return file_.sync();
  if (policy_ != Sync::kEverySecond) return;
  {
    const std::lock_guard lock(mutex_);
    dirty_ = true;
  }
  rethrow();
}

void FileSync::finish() {
  if (policy_ == Sync::kOff) return;
  stop();
  rethrow();
  file_.sync();
}

}  // namespace pgrec

// Syncs a file to the disk while it grows, so that a power failure costs little of it.
#pragma once

#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

#include "format/frame/file.h"

namespace pgrec {

enum class Sync {
  kOff,          // when the kernel finds time
  kEverySecond,  // a thread does it, once a second, so that the writer does not wait for the disk
  kEveryChunk,   // the writer waits after each chunk
};

class FileSync {
 public:
  // Borrows `file`, which must outlive it.
  FileSync(File& file, Sync policy);
  FileSync(const FileSync&) = delete;
  FileSync& operator=(const FileSync&) = delete;
  ~FileSync();

  // To be called after each write; `chunk` says whether it ended a chunk. Throws the Error of a
  // sync that failed, its own or an earlier one of the thread.
  void written(bool chunk);
  // Returns when everything is on the disk; with kOff at once. Throws Error.
  void finish();

 private:
  void run();
  void stop();
  void rethrow();

  File& file_;
  Sync policy_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  bool dirty_ = false;
  std::exception_ptr failure_;
  std::thread thread_;
};

}  // namespace pgrec

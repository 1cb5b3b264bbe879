// Has what is written to a file brought to the disk, so that a power failure costs little of it.
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

  // Something was written; `chunk` says whether it was the last of a chunk. Throws the Error of a
  // sync that failed, also of one that the thread made before.
  void written(bool chunk);
  // Everything is on the disk when it returns, unless the policy is kOff. Throws Error.
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

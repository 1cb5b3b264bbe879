// A file that is not finished, and that a signal which ends the process removes first: Ctrl-C ends
// at once and leaves no half file.
#pragma once

#include <string>

namespace pgrec {

class RemovedBySignals {
 public:
  // SIGINT, SIGTERM and SIGHUP remove the file and end the process as they would have, but for
  // those that are ignored or have a handler. There is one at a time. `path`: as given, so the
  // working directory must stay. Throws Error where the path is too long.
  explicit RemovedBySignals(const std::string& path);
  RemovedBySignals(const RemovedBySignals&) = delete;
  RemovedBySignals& operator=(const RemovedBySignals&) = delete;
  // Signals do as before.
  ~RemovedBySignals();
};

}  // namespace pgrec

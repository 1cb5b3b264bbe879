// Says on a terminal how far a command is that takes longer than a second.
#pragma once

#include <chrono>

#include "analyze/calls/chunk_pass.h"

namespace pgrec {

// On stderr: "reading: 43 %". Nothing where that is no terminal, and in the first second.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // For PassOptions. Borrows this line.
  Progress progress();
  // Takes the line away, before something else is printed.
  void clear();

 private:
  void show(double share);

  bool on_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point begun_, last_;
};

}  // namespace pgrec

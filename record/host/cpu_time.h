// Adds up the CPU time that the recorded threads used since recording began, to compare the cost of
// the probes with.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "format/clock.h"
#include "format/event.h"

namespace pgrec {

class CpuTime {
 public:
  // Notes what every running thread of the machine has used so far. `proc`: where /proc is; another
  // directory in tests.
  explicit CpuTime(std::string proc = "/proc");

  // Counts a thread in from now on. Cheap to call again.
  void seen(const ThreadKey& thread) {
    if (thread == last_) return;
    last_ = thread;
    threads_.try_emplace(thread);
  }
  // Notes the end of a thread, which used `whole` in its life. It counts if it was seen.
  void ended(const ThreadKey& thread, Duration whole);

  // What all seen threads used since this object was made. Asks the kernel about those that live.
  Duration used();
  // The same as far as it is known: by the last used(), and the ends since then.
  Duration known() const;

 private:
  Duration since_begin(const ThreadKey& thread, Duration whole) const;

  std::string proc_;
  std::map<ThreadKey, Duration> before_;
  std::map<ThreadKey, Duration> threads_;  // that live: what they used, as known last
  Duration by_ended_{};
  ThreadKey last_;
};

}  // namespace pgrec

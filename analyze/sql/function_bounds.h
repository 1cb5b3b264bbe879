// Adds up, by function, the most that those calls can have taken that ended without a return: what
// functions.at_most_ns says of the time that no total has.
#pragma once

#include <vector>

#include "analyze/sql/database.h"
#include "format/thread_state.h"

namespace pgrec {

class FunctionBounds {
 public:
  void call_ended(const EndedCall& call) {
    if (!call.returned()) add(call.opened().function, call.duration());
  }
  void call_ended(const Call& call) {
    if (call.at_most) add(call.function, *call.at_most);
  }
  // Into the rows of `functions`, which are there, but for functions without a name.
  void write(const Database& database) const;

 private:
  void add(FunctionId function, Duration at_most);

  std::vector<Duration> sums_;  // by id
};

}  // namespace pgrec

// A stretch of a set's time.
#pragma once

#include "format/clock.h"

namespace pgrec {

// What begins from `from` on and before `to`.
struct TimeRange {
  Timestamp from = Timestamp::min();
  Timestamp to = Timestamp::max();

  bool has(Timestamp begun) const { return begun >= from && begun < to; }
  bool is_all() const { return from == Timestamp::min() && to == Timestamp::max(); }
};

}  // namespace pgrec

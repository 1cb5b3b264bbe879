#include "record/recording/intervals.h"

namespace pgrec {

void Intervals::end(IntervalEnd end) {
  end.elapsed = Duration(end.at.monotonic_ns - began_ns_);
  end_ns_ += length_ns_;
  report_(std::move(end));
}

}  // namespace pgrec

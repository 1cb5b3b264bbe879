// The end of an interval in which pgrec record -i or pgrec top says what happens, as the recorder
// tells it: what has been counted until then. What was recorded until then has been handed on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "format/clock.h"
#include "format/table/log_histogram.h"
#include "record/host/clocks.h"
#include "record/kernel/probe_counts.h"

namespace pgrec {

struct IntervalEnd {
  Moment at;
  Duration elapsed{};  // since recording began
  bool last = false;   // recording has stopped
  // By probe, since recording began, as the kernel side has counted when the interval's events were
  // all here: a moment after its end, but for the last.
  std::vector<ProbeCounts> counts;
  std::vector<LogHistogram> short_calls;
  std::uint64_t filtered_events = 0;
  std::vector<std::uint32_t> taken_off;  // probes that are not recorded any more
};

}  // namespace pgrec

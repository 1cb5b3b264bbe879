// The intervals of a recording, one after the other, at whose ends pgrec record -i and pgrec top
// say what happened. Knows when the next one ends, and reports each that has ended.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "format/clock.h"
#include "format/table/log_histogram.h"
#include "record/host/clocks.h"
#include "record/kernel/probe_counts.h"

namespace pgrec {

// The end of an interval, and what has been counted until then. What was recorded until then has
// been handed on.
struct IntervalEnd {
  Moment at;
  Duration elapsed{};  // since recording began
  bool last = false;   // recording has stopped
  // By probe, since recording began, as the kernel side has counted when the interval's events were
  // all here: a moment after its end, but for the last.
  std::vector<ProbeCounts> counts;
  std::vector<LogHistogram> short_calls;
  std::vector<std::uint64_t> without_room;  // events without room in the trace
  std::uint64_t filtered_events = 0;
  std::vector<std::uint32_t> taken_off;  // probes that are not recorded any more
};

class Intervals {
 public:
  using Report = std::function<void(IntervalEnd)>;

  // Each takes `length`, above 0; the first begins at `began_ns`, CLOCK_MONOTONIC, with the
  // recording. `report` is called once for each, in order.
  Intervals(Duration length, std::uint64_t began_ns, Report report)
      : length_ns_(static_cast<std::uint64_t>(length.count())),
        began_ns_(began_ns),
        end_ns_(began_ns + length_ns_),
        report_(std::move(report)) {}

  // When the interval ends that has not been reported yet, CLOCK_MONOTONIC ns.
  std::uint64_t end_ns() const { return end_ns_; }

  // Reports that the interval has ended, at `end.at`, and begins the next. Fills in `end.elapsed`.
  void end(IntervalEnd end);

 private:
  std::uint64_t length_ns_;
  std::uint64_t began_ns_;
  std::uint64_t end_ns_;
  Report report_;
};

}  // namespace pgrec

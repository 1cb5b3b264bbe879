// The intervals in which pgrec record -i and pgrec top say what happens: how long they may be, and
// what the recorder tells of the end of each. What was recorded until then comes from the summaries
// of the chunks that were cut.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "format/clock.h"
#include "format/log_histogram.h"
#include "record/bpf_session.h"
#include "record/clocks.h"

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

// What a screenful may be printed every: a cut of a chunk and a reading of all counters.
constexpr Duration kShortestInterval = std::chrono::milliseconds(100);

// "3", "500ms". Throws UsageError that names `option`.
Duration parse_interval(const std::string& text, const std::string& option);

}  // namespace pgrec

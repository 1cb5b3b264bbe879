// What pgrec record -i prints: per function, the histogram of the calls that ended in an interval,
// and what was lost in it. Adds up the summaries that the trace's writer makes of its chunks
// anyway, so the calls are not gone through a second time; the recorder cuts a chunk where an
// interval ends.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <map>
#include <string>
#include <vector>

#include "format/print/histogram.h"
#include "format/table/summary.h"
#include "record/kernel/probe_table.h"
#include "record/recording/intervals.h"

namespace pgrec {

class LiveHistograms {
 public:
  // Prints to `out`, and borrows it and the table. `shorter_than`: calls that are filtered are; 0:
  // none are.
  LiveHistograms(std::ostream& out, const ProbeTable& probes, Duration shorter_than);

  // What a chunk came to.
  void add(const Summary& summary);

  // Prints the interval that ends here, and begins the next. The last one is left out where nothing
  // happened in it, unless it is the only one.
  void end(IntervalEnd end);

 private:
  struct Function {
    std::string name;
    FunctionSummary
        recorded;  // that ended in the interval; at the end of recording, also open ones
    std::uint64_t open = 0;
    ShortCalls short_calls;
    DurationProfile profile;  // of both
  };
  Function function(std::uint32_t probe, const IntervalEnd& end) const;
  // Events by cause and function, in words; `events`: all of them.
  std::string losses_text(const IntervalEnd& end, std::uint64_t& events) const;
  void print(const std::vector<Function>& functions, const IntervalEnd& end);

  std::ostream& out_;
  const ProbeTable& probes_;
  Duration shorter_than_;
  std::map<FunctionId, FunctionSummary> summaries_;  // of the interval
  std::vector<std::uint64_t> open_;                  // by probe: begun and not ended by now
  IntervalEnd before_;                               // as the interval began
  bool printed_ = false;
};

}  // namespace pgrec

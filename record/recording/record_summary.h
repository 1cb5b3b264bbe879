// What a recording came to, for the person who made it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "record/recording/parts.h"
#include "record/recording/record_options.h"
#include "record/recording/recorder.h"
#include "record/recording/recording_cost.h"
#include "record/recording/recording_plan.h"

namespace pgrec {

struct RecordingOutcome {
  // Of the trace.
  std::string first_part;
  std::string last_part;
  std::uint64_t parts = 1;
  std::uint64_t removed_parts = 0;
  Parts::Totals totals;

  std::string ended_by;
  Duration elapsed{};
  std::size_t processes = 0;
  std::vector<ProbeCounts> counts;            // by probe
  std::vector<Account> accounts;              // by probe
  std::vector<std::uint64_t> without_room;    // events by probe, of those without room in the trace
  std::vector<Recorder::TakenOff> taken_off;  // by --max-overhead
  std::vector<OverheadGuard::Refused> not_taken_off;
  std::vector<NotProbed> not_probed;
  Metadata upgraded;                    // facts of files that replaced the binary
  std::optional<ProbeCost> probe_cost;  // where it was measured
  RecordingCost cost;
  std::optional<std::uint64_t> missed_hits;  // as of Counters
  std::uint64_t lost_children = 0;
  std::uint64_t without_memory = 0;  // as of Recorder
};

// Says what a finished recording came to.
void print_summary(std::ostream& out, const RecordOptions& options, const RecordingPlan& plan,
                   const RecordingOutcome& outcome);

}  // namespace pgrec

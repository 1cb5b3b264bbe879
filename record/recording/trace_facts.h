// What a trace says of itself at its beginning: the machine, the server, and what pgrec record was
// asked for. The keys are listed in docs/format.md.
#pragma once

#include <cstdint>

#include "format/table/tables.h"
#include "record/recording/record_options.h"
#include "record/recording/recording_plan.h"

namespace pgrec {

// The facts of a trace that begins `realtime_ns` after 1970. Reads the machine's facts. What only
// the attached probes show is not among them.
Metadata trace_facts(const RecordOptions& options, const RecordingPlan& plan,
                     std::int64_t realtime_ns);

}  // namespace pgrec

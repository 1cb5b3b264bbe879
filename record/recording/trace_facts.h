// What a trace says of itself at its beginning: the machine, the server, and what pgrec record was
// asked for. The keys are listed in docs/format.md.
#pragma once

#include "format/table/tables.h"
#include "record/host/clocks.h"
#include "record/recording/record_options.h"
#include "record/recording/recording_plan.h"

namespace pgrec {

// The facts of a trace that begins at `beginning`. Reads the machine's facts. What only the
// attached probes show is not among them.
Metadata trace_facts(const RecordOptions& options, const RecordingPlan& plan,
                     const Moment& beginning);

}  // namespace pgrec

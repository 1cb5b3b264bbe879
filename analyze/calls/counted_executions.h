// How many executions a trace has: out of its summaries, or, where these are from before format 1.3
// and do not tell, out of its chunks.
#pragma once

#include "format/postgres/execution_counts.h"
#include "format/trace/trace_reader.h"

namespace pgrec {

// What of the trace cannot be read for it is added to its damage, and not counted.
ExecutionCounts counted_executions(TraceReader& trace);

}  // namespace pgrec

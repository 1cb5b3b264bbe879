// The calls and executions of a trace, rebuilt from its chunks.
#pragma once

#include "format/thread_state.h"
#include "format/trace_reader.h"

namespace pgrec {

// Reports every call and execution of `trace` to `sink`, once each: those that ended when they end,
// in the order of the file, then those still open. One whose end lies in damaged bytes is reported
// too: a call with the outcome exit-lost, an execution with none. What damage the reading finds is
// in trace.damages() afterwards. Holds one chunk and what is open.
void build_calls(TraceReader& trace, CallSink& sink);

}  // namespace pgrec

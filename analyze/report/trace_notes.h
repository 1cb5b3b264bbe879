// Warns the reader of a report about the trace behind it: it was not closed, is damaged, or lost
// events. Every command that reports from a trace calls this, so that none stays silent.
#pragma once

#include <string>

#include "analyze/report/table.h"
#include "format/error.h"
#include "format/trace/trace_reader.h"

namespace pgrec {

// Prints a line to stderr for each thing that makes the trace less than whole, as known by now, and
// returns the exit status that says so: kExitDamaged where something of it is missing. One that is
// still being written is not damaged.
ExitStatus warn_if_not_whole(const TraceReader& trace);

// What goes into each JSON report beside its rows: the file, whether it is whole, and the losses.
Table trace_table(const TraceReader& trace);

// All damage found by now.
Table damages_table(const TraceReader& trace);

}  // namespace pgrec

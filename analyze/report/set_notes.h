// What to say of a set of traces beside what a view says: what it is, and what of it is not whole
// (analyze/report/trace_notes.h of each file).
#pragma once

#include <string>

#include "analyze/report/table.h"
#include "analyze/trace/trace_set.h"
#include "format/error.h"

namespace pgrec {

// What was recorded, where and when, in a few lines of text; of a single trace trace_headline()
// (analyze/report/summary_view.h).
std::string set_headline(const TraceSet& set);

// Prints what is to say of the set and of each file to stderr, and returns the worst status:
// kExitDamaged also where a part between two others is missing.
ExitStatus warn_if_not_whole(const TraceSet& set);

// What goes into each JSON report: a row for each file.
Table trace_table(const TraceSet& set);

}  // namespace pgrec

// The tabular views of pgrec analyze, each a query over a loaded trace.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyze/loaded_trace.h"
#include "analyze/table.h"

namespace pgrec {

// What was recorded, where and when, in a few lines of text.
std::string trace_headline(const TraceReader& trace);

// Per function: calls, total, self, mean, percentiles, max, and the calls that did not return; then
// the statements that took the most time.
std::vector<Table> summary_view(const LoadedTrace& loaded);

// Per process and function: who it was, calls, total, mean and percentiles.
Table by_pid_view(const LoadedTrace& loaded);

// The `most` longest executions of at least `threshold`: when, who, how long, the time in the
// probed functions, the text. One that was still running counts from its begin to the end of the
// trace.
Table slow_view(const LoadedTrace& loaded, std::int64_t most, Duration threshold);

}  // namespace pgrec

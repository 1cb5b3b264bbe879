// The tabular views of pgrec analyze.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyze/database.h"
#include "analyze/function_figures.h"
#include "analyze/table.h"
#include "format/trace_reader.h"

namespace pgrec {

// What was recorded, where and when, in a few lines of text.
std::string trace_headline(const TraceReader& trace);

// Per function: calls, total, self, mean, percentiles, max, and the calls that did not return; then
// the statements that took the most time. `executions`: the trace, imported.
std::vector<Table> summary_view(const std::vector<FunctionFigures>& functions,
                                const Database& executions);

// Per process and function: who it was, calls, total, mean and percentiles. `processes`: as
// profile_processes() gives them.
Table by_pid_view(const TraceReader& trace, const DurationProfiles& processes);

// The `most` longest executions of at least `threshold`: when, who, how long, the time in the
// probed functions, the text. One that was still running counts from its begin to the end of the
// trace. `executions`: the trace, imported. A pass over all calls.
Table slow_view(TraceReader& trace, const Database& executions, std::int64_t most,
                Duration threshold);

}  // namespace pgrec

// The tabular views of pgrec analyze, but for those of executions
// (analyze/report/execution_views.h).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyze/calls/function_figures.h"
#include "analyze/report/table.h"
#include "analyze/sql/database.h"
#include "format/trace/trace_reader.h"

namespace pgrec {

// What was recorded, where and when, in a few lines of text.
std::string trace_headline(const TraceReader& trace);

// Per function: calls, total, self, mean, percentiles, max, and the calls that did not return; then
// the statements that took the most time. `executions`: the trace, imported.
std::vector<Table> summary_view(const std::vector<FunctionFigures>& functions,
                                const Database& executions);

}  // namespace pgrec

// analyze --execution as data: each call of one execution, and what is known of it.
#pragma once

#include <vector>

#include "analyze/calls/execution_detail.h"
#include "analyze/filter/analysis.h"
#include "analyze/report/table.h"

namespace pgrec {

// The first table has a row for each call, each event of a class and each gap of at least
// `kGapPercent` of its time between the outermost calls, in order of time, those of workers behind
// those of the execution itself: with every call that execution_detail() kept. The second has one
// row: the execution. Text has neither (analyze/report/execution_lines.h).
std::vector<Table> execution_detail_tables(Analysis& analysis, const ExecutionDetail& detail);

}  // namespace pgrec

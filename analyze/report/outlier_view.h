// --outliers: what the slowest 1 % of a statement's executions have that the others have not.
#pragma once

#include "analyze/calls/outliers.h"
#include "analyze/report/view_result.h"

namespace pgrec {

// Of the statement that --query names, or of the one that took the most time among those that are
// wanted. Figures of an execution on the average, of both sides, with their ratio and difference:
// times, those with the largest difference first; then calls, rows, blocks and WAL, those that
// differ most first. JSON has as a second table who the sides are: when they began, in which
// processes.
ViewResult outlier_view(Analysis& analysis);

}  // namespace pgrec

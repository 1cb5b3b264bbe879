// --slow: the longest executions, with the time that they spent in the probed functions.
#pragma once

#include <vector>

#include "analyze/calls/longest_executions.h"
#include "analyze/report/view_result.h"

namespace pgrec {

struct SlowViewOptions {
  std::size_t most = 20;
};

// The `n` longest of the wanted executions.
std::vector<SlowExecution> longest_executions(Analysis& analysis, std::size_t n);

// The longest executions: which, when, how long, what became of it, who; then, as a table of its
// own, the calls of each probed function that each made, those of its parallel workers among them.
// In text the first table tells of the second too: the three functions with the most self time. An
// execution that was still running counts from its begin to the end of its recording.
ViewResult slow_view(Analysis& analysis, const SlowViewOptions& options);

}  // namespace pgrec

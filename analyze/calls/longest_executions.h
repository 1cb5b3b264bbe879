// The longest executions of a set, and the calls that each made, those of its parallel workers
// among them. The first pass looks for them only; the calls are those of the chunks in which they
// ran.
#pragma once

#include <vector>

#include "analyze/calls/function_sums.h"
#include "analyze/calls/selection.h"
#include "analyze/calls/wanted_executions.h"

namespace pgrec {

struct SlowExecution {
  ExecutionRecord record;  // without its functions
  Duration taken{};        // of one that is open: until its recording ended
  FunctionSums functions;
};

// The `most` longest of the wanted executions, the longest first; of those that took equally long
// the one with the lower id.
std::vector<SlowExecution> longest_executions(const WantedExecutions& wanted, std::size_t most);

// Adds the calls that they made. `calls`: which functions, and how long calls have to be.
void add_calls(const WantedExecutions& wanted, const CallSelection& calls,
               std::vector<SlowExecution>& executions);

}  // namespace pgrec

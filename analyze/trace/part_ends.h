// What goes on from one part of a recording in the next.
#pragma once

#include <map>
#include <vector>

#include "analyze/trace/trace_set.h"

namespace pgrec {

// The executions that were open where the part `before` ends and begin at time 0 of `next`: by
// their ids there the ids in `before`, all in the ids of the set. Reads the last chunk of the one
// and the first of the other; none where these cannot be read.
std::map<ExecutionId, ExecutionId> executions_going_on(TraceSet::File& before,
                                                       TraceSet::File& next);

// The executions that are open where a file ends, in the ids of the set. Reads its last chunk; none
// where that cannot be read.
std::vector<ExecutionId> executions_open_at_end(TraceSet::File& file);

}  // namespace pgrec

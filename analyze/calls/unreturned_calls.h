// How long the calls can have taken at most that ended without a return, by function: what a
// summary says beside the times of those that returned.
#pragma once

#include <map>

#include "analyze/calls/chunk_pass.h"
#include "analyze/calls/selection.h"

namespace pgrec {

// Whether calls ended without a return in what is summed up.
bool has_unreturned(const Summary& summary);

// The sums, of functions that have any, of the wanted calls. Reads only chunks whose stored
// summaries have such calls; those of which there is no summary too.
std::map<FunctionId, Duration> unreturned_calls(TraceSet& set, const CallSelection& selection,
                                                const PassOptions& options);

}  // namespace pgrec

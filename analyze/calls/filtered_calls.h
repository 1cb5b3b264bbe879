// What traces say of the calls that were filtered because they were short.
#pragma once

#include <map>

#include "analyze/trace/trace_set.h"
#include "format/table/short_calls.h"
#include "format/trace/trace_reader.h"

namespace pgrec {

// By function, of those that have any; out of the trace's accounts.
std::map<FunctionId, ShortCalls> filtered_calls(const TraceReader& trace);

// Those of all files, by the functions of the set.
std::map<FunctionId, ShortCalls> filtered_calls(const TraceSet& set);

}  // namespace pgrec

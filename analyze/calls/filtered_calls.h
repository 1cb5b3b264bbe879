// What a trace says of the calls that were filtered because they were short.
#pragma once

#include <map>

#include "format/table/short_calls.h"
#include "format/trace/trace_reader.h"

namespace pgrec {

// By function, of those that have any; out of the trace's accounts.
std::map<FunctionId, ShortCalls> filtered_calls(const TraceReader& trace);

}  // namespace pgrec

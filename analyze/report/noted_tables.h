// Tables with what is to be said of them: what a view of calls gives.
#pragma once

#include <string>
#include <vector>

#include "analyze/calls/function_figures.h"
#include "analyze/report/table.h"
#include "analyze/trace/trace_set.h"

namespace pgrec {

struct NotedTables {
  std::vector<Table> tables;  // of which CSV has the first
  std::string notes{};        // what text says below them, in lines; empty: nothing
};

// The names of the functions that are probed and wanted and have none of the calls.
std::vector<std::string> functions_without_calls(const TraceSet& set,
                                                 const CallSelection& selection,
                                                 const DurationProfiles& profiles);

}  // namespace pgrec

// Loads a trace into a database.
#pragma once

#include "analyze/sql/database.h"
#include "format/trace/trace_reader.h"

namespace pgrec {

enum class ImportScope {
  kExecutions,     // everything but the calls, and the functions without their figures
  kFunctionTimes,  // the same, with the relation of analyze/sql/function_times.h
  kEverything,
};

// Creates the relations of schema.sql in the empty `database` and fills them. Memory does not grow
// with the number of calls.
void import_trace(TraceReader& trace, Database& database,
                  ImportScope scope = ImportScope::kEverything);

}  // namespace pgrec

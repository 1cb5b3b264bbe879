// The options of the filters that every view takes (analyze/filter/filters.h).
#pragma once

#include <CLI/CLI.hpp>

#include "analyze/filter/filters.h"

namespace pgrec {

// Adds those of calls and times: -f, -p, --from, --to and --min-duration. Fills `filters`, which
// outlives the parsing.
void add_call_filters(CLI::App& command, Filters& filters);

// Adds those of executions: --query, --database, --user, --application, --backend-type, --outcome
// and --threshold.
void add_execution_filters(CLI::App& command, Filters& filters);

}  // namespace pgrec

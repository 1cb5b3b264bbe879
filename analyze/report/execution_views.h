// --by-query and --slow: statements and executions, with the time they spent in the probed
// functions. Made from a trace that was imported with ImportScope::kFunctionTimes.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyze/report/table.h"
#include "analyze/sql/database.h"
#include "format/clock.h"

namespace pgrec {

// What names a statement of which the trace has no text: "query id 4711"; its arguments may be
// NULL.
std::string name_without_text(const SqlValue& query_id, const SqlValue& fingerprint);

// Per statement, the longest total first: executions, errors, times, rows, blocks and WAL; then, as
// a table of its own, the calls of each probed function that its executions made. Percentiles are
// exact, by nearest rank. In text the first table tells of the second too: the four functions with
// the most time.
std::vector<Table> by_query_view(const Database& executions);

// Executions that are of no statement, because their text is not known.
std::int64_t executions_without_statement(const Database& executions);

// The `most` longest executions of at least `threshold`: when, who, how long, what became of it,
// the text; then, as a table of its own, the calls of each probed function that each made. In text
// the first table tells of the second too: the three functions with the most self time. An
// execution that was still running counts from its begin to `end`, the end of the trace.
std::vector<Table> slow_view(const Database& executions, std::int64_t most, Duration threshold,
                             Timestamp end);

}  // namespace pgrec

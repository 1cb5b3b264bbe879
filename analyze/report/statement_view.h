// --by-query: statements, with the time that their executions spent in the probed functions.
#pragma once

#include <string>

#include "analyze/calls/statement_sums.h"
#include "analyze/report/view_result.h"

namespace pgrec {

struct StatementViewOptions {
  bool exact = false;  // percentiles
};

// What the wanted executions of each statement come to.
StatementTotals statement_sums(Analysis& analysis, const StatementSumsOptions& options = {});

// Places of the statements that have executions, those with the longest total first. `statements`:
// how many rows the table has.
std::vector<std::size_t> statements_by_total(const StatementTotals& sums, std::size_t statements);

// Per statement, the longest total first: executions, errors, times, rows, blocks and WAL; then, as
// a table of its own, the calls of each probed function that its executions made, those of parallel
// workers among them. In text the first table tells of the second too: the four functions with the
// most time.
ViewResult statement_view(Analysis& analysis, const StatementViewOptions& options);

// What stands for the text of a statement that has none: "query id 4711".
std::string name_without_text(const std::optional<std::int64_t>& query_id,
                              const std::optional<std::string>& fingerprint);

}  // namespace pgrec

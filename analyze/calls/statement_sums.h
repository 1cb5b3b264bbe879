// What the executions of each statement come to, and the calls that they made, those of their
// parallel workers among them.
//
// A worker's calls belong to the statement of its text. Where that is of several statements, or
// where it matters which executions are wanted (by time, process or outcome), they belong to that
// of the execution that its leader ran, which takes a pass of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "analyze/calls/execution_figures.h"
#include "analyze/calls/function_sums.h"
#include "analyze/calls/selection.h"
#include "analyze/calls/wanted_executions.h"

namespace pgrec {

// The query id of executions; nothing where they have none, or several.
struct CommonQueryId {
  std::optional<std::int64_t> id;
  bool several = false;

  void add(const std::optional<std::int64_t>& query_id) {
    if (!query_id || several) return;
    if (id && id != query_id) several = true;
    id = several ? std::nullopt : query_id;
  }
  void merge(const CommonQueryId& other) {
    if (other.several) *this = other;
    add(other.id);
  }
};

// By place in StatementTable::rows().
struct StatementTotals {
  GroupFigures figures;
  std::vector<CommonQueryId> query_ids;
  std::vector<FunctionSums> functions;
  std::uint64_t without_statement = 0;  // wanted executions that are of no statement
  std::uint64_t lost_worker_runs = 0;   // of which it is not known for which statement they were

  // Without an execution they are not there.
  bool has(std::size_t statement) const { return figures.of(statement).executions > 0; }
};

struct StatementSumsOptions {
  bool functions = true;  // whether calls are asked for
  bool exact = false;     // percentiles are found by further passes, where it takes them
};

// By a pass over the executions. `calls`: which functions, and how long calls have to be.
StatementTotals sum_statements(const WantedExecutions& wanted, const StatementTable& table,
                               const CallSelection& calls, const StatementSumsOptions& options);

}  // namespace pgrec

// Runs of parallel workers, and the executions that they worked for: of each the one that its
// leader ran when the worker began.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "analyze/calls/function_sums.h"
#include "analyze/calls/selection.h"
#include "analyze/calls/wanted_executions.h"

namespace pgrec {

struct WorkerRun {
  std::uint32_t trace = 1;
  std::uint32_t leader_pid = 0;
  Timestamp begun{};
  std::vector<FunctionSum> functions;
};

// What of a worker's run is needed to find its leader, with the calls of the functions that are
// wanted; nothing where nobody knows who led it.
std::optional<WorkerRun> worker_run(const ExecutionRecord& run, const CallSelection& functions);

// For each run what `group` gives for its leader's execution; nothing where that is not wanted, or
// not there. By a pass over the executions; `group` is called by several threads.
std::vector<std::optional<std::size_t>> groups_of_leaders(
    const WantedExecutions& wanted, const std::vector<WorkerRun>& runs,
    const std::function<std::optional<std::size_t>(const ExecutionRecord&)>& group);

}  // namespace pgrec

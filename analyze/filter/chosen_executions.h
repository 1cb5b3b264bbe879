// The executions that a selection chooses, by a pass over them: their ids, by which calls are
// chosen, and how many they are of all.
#pragma once

#include <cstdint>
#include <vector>

#include "analyze/calls/chunk_pass.h"
#include "analyze/calls/selection.h"

namespace pgrec {

struct ChosenExecutions {
  // Of executions, preparations and workers' runs, whenever they began before the end of the range:
  // their calls can be in it. A worker's run is chosen by its leader's execution where that is
  // known.
  ExecutionIds ids;
  // Executions that begin in the range and are of the pids: those that are chosen, of all.
  std::uint64_t wanted = 0, all = 0;
  // Of these, those that each of `counted` wants.
  std::vector<std::uint64_t> of_each;

  bool is_empty() const { return wanted == 0 && ids.count() == 0; }
};

// `counted`: more selections to count for.
ChosenExecutions choose_executions(TraceSet& set, const ExecutionSelection& selection,
                                   const std::vector<ExecutionSelection>& counted,
                                   const PassOptions& options);

}  // namespace pgrec

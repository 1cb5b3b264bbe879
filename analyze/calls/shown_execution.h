// By which id relations and views show an execution: that with which it began in an earlier part;
// and what a parallel worker did belongs to its leader's execution.
#pragma once

#include <vector>

#include "analyze/calls/worker_leaders.h"
#include "analyze/trace/trace_set.h"

namespace pgrec {

class ShownExecutions {
 public:
  // Borrows both.
  ShownExecutions(const TraceSet& set, const WorkerLeaders& leaders)
      : set_(set), leaders_(leaders) {}

  ExecutionId shown(const TraceSet::File& file, ExecutionId id) const {
    if (id == kNoExecution) return id;
    id = set_.joined(file, id);
    return leaders_.empty() ? id : leaders_.of(id).value_or(id);
  }
  // All ids of the set that are shown as `id`, in ascending order.
  std::vector<ExecutionId> ids_of(ExecutionId id) const;

 private:
  const TraceSet& set_;
  const WorkerLeaders& leaders_;
};

}  // namespace pgrec

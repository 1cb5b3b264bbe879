// For which executions parallel workers ran: the one of its leader's process that ran when a worker
// began.
#pragma once

#include <optional>
#include <unordered_map>

#include "analyze/calls/chunk_pass.h"
#include "analyze/calls/execution_record.h"

namespace pgrec {

class WorkerLeaders {
 public:
  // None.
  WorkerLeaders() = default;
  // By two passes over the executions, the second only where the first finds workers. Holds the
  // workers' runs.
  WorkerLeaders(TraceSet& set, const PassOptions& options);

  bool empty() const { return leaders_.empty(); }
  // The leader's execution of a worker's run; nothing where that is not known, or it is no
  // worker's run.
  std::optional<ExecutionId> of(ExecutionId worker_run) const {
    const auto found = leaders_.find(worker_run);
    return found == leaders_.end() ? std::nullopt : std::optional(found->second);
  }
  const std::unordered_map<ExecutionId, ExecutionId>& all() const { return leaders_; }

 private:
  std::unordered_map<ExecutionId, ExecutionId> leaders_;
};

// Who a worker's run says that it worked for, or else its process.
std::optional<std::int64_t> leader_pid_of(const ExecutionRecord& worker_run);

// Whether a trace can tell of workers' runs at all: its classes say so, and where it counts the
// events of classes, it has some.
bool may_have_workers(TraceSet::File& file);

}  // namespace pgrec

// Which executions parallel workers ran for. A worker's run has an id of its own; the execution it
// is a part of is the one that its leader ran when the worker began.
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "analyze/calls/execution_pass.h"
#include "analyze/calls/execution_record.h"

namespace pgrec {

// The runs of workers, collected from the executions of a pass. Pieces add up.
class WorkerRuns {
 public:
  struct Run {
    std::uint32_t trace = 0;  // the recording; pids are of its host
    std::uint32_t leader_pid = 0;
    Timestamp begun{};
    ExecutionId id{};
  };

  // Keeps it where it is a worker's run and the trace says who leads the worker.
  void add(const ExecutionRecord& execution);
  void merge(const WorkerRuns& other) {
    all_.insert(all_.end(), other.all_.begin(), other.all_.end());
  }
  const std::vector<Run>& all() const { return all_; }

 private:
  std::vector<Run> all_;
};

// The leaders' executions by the ids of the workers' runs; those without one are not there. By a
// pass over the executions of the set, where there are runs.
std::unordered_map<ExecutionId, ExecutionId> find_leaders(TraceSet& set, const WorkerRuns& runs,
                                                          const PassOptions& options);

// The leaders of all workers' runs of a set.
class WorkerLeaders {
 public:
  // None.
  WorkerLeaders() = default;
  // By a pass over the executions where the set may have workers, and find_leaders().
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

#include "analyze/calls/worker_leaders.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "analyze/calls/execution_pass.h"
#include "format/postgres/execution_classes.h"

namespace pgrec {
namespace {

using Kind = ExecutionFacts::Kind;
using Process = std::pair<std::uint32_t, std::int64_t>;  // trace, pid

struct Worker {
  Timestamp begun{};
  ExecutionId id{};
  bool operator<(const Worker& other) const {
    return begun != other.begun ? begun < other.begun : id < other.id;
  }
};
using Workers = std::map<Process, std::vector<Worker>>;  // by leader

struct Found {
  void add(const ExecutionRecord& execution) {
    if (execution.facts.kind != Kind::kWorkerRun) return;
    const auto leader = leader_pid_of(execution);
    if (leader)
      workers[{execution.file->trace, *leader}].push_back({execution.begun, execution.id});
  }
  void merge(const Found& other) {
    for (const auto& [leader, more] : other.workers) {
      auto& all = workers[leader];
      all.insert(all.end(), more.begin(), more.end());
    }
  }
  Workers workers;
};

// An execution of a leader.
struct Candidate {
  Timestamp begun = Timestamp::min();
  ExecutionId id{};
  std::optional<Timestamp> ended;
  bool is_one = false;

  bool operator<(const Candidate& other) const {
    if (is_one != other.is_one) return !is_one;
    return begun != other.begun ? begun < other.begun : id < other.id;
  }
};

// For each worker the last execution that began before it and after the worker before.
struct LastBefore {
  explicit LastBefore(const Workers& of) : workers(&of) {
    for (const auto& [leader, all] : of)
      last[leader].resize(all.size());
  }
  void add(const ExecutionRecord& execution) {
    if (execution.facts.kind != Kind::kRun) return;
    const auto of_leader = workers->find({execution.file->trace, execution.thread.pid});
    if (of_leader == workers->end()) return;
    const auto& all = of_leader->second;
    const auto next = std::lower_bound(
        all.begin(), all.end(), execution.begun,
        [](const Worker& worker, Timestamp begun) { return worker.begun < begun; });
    if (next == all.end()) return;
    Candidate candidate{execution.begun, execution.id, std::nullopt, true};
    if (execution.duration) candidate.ended = execution.begun + *execution.duration;
    Candidate& best = last[of_leader->first][static_cast<std::size_t>(next - all.begin())];
    best = std::max(best, candidate);
  }
  void merge(const LastBefore& other) {
    for (auto& [leader, all] : last) {
      const auto& more = other.last.at(leader);
      for (std::size_t i = 0; i < all.size(); ++i)
        all[i] = std::max(all[i], more[i]);
    }
  }
  const Workers* workers;
  std::map<Process, std::vector<Candidate>> last;
};

}  // namespace

WorkerLeaders::WorkerLeaders(TraceSet& set, const PassOptions& options) {
  bool any = false;
  for (TraceSet::File& file : set.files())
    any = any || may_have_workers(file);
  if (!any) return;
  Workers workers = sum_executions(set, ExecutionQuery{}, Found{}, options).workers;
  if (workers.empty()) return;
  for (auto& [leader, all] : workers)
    std::sort(all.begin(), all.end());
  const LastBefore found = sum_executions(set, ExecutionQuery{}, LastBefore(workers), options);
  for (const auto& [leader, all] : workers) {
    Candidate last;
    const auto& candidates = found.last.at(leader);
    for (std::size_t i = 0; i < all.size(); ++i) {
      last = std::max(last, candidates[i]);
      if (last.is_one && (!last.ended || *last.ended >= all[i].begun))
        leaders_.emplace(all[i].id, last.id);
    }
  }
}

std::optional<std::int64_t> leader_pid_of(const ExecutionRecord& worker_run) {
  if (worker_run.facts.leader_pid) return worker_run.facts.leader_pid;
  const ProcessLives::Life* const process = process_of(worker_run);
  if (!process || !process->identity.leader_pid) return std::nullopt;
  return *process->identity.leader_pid;
}

bool may_have_workers(TraceSet::File& file) {
  std::optional<ClassId> told_by;
  for (const EventClass& one : file.reader.classes()) {
    if (one.name == execution_class::kOfLeader) told_by = one.id;
  }
  if (!told_by) return false;
  const auto total = file.reader.total();
  if (!total || !total->classes) return true;
  return total->classes->contains(*told_by);
}

}  // namespace pgrec

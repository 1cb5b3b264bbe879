#include "analyze/calls/worker_runs.h"

#include "analyze/calls/worker_leaders.h"

#include <algorithm>
#include <map>
#include <utility>

namespace pgrec {
namespace {

using Group = std::function<std::optional<std::size_t>(const ExecutionRecord&)>;
using WorkerProcess = std::pair<std::uint32_t, std::uint32_t>;  // trace, pid

// Runs by who led them, in order of time.
using RunsByLeader = std::map<WorkerProcess, std::vector<std::pair<Timestamp, std::size_t>>>;

struct Leader {
  std::optional<Timestamp> begun;
  std::optional<std::size_t> group;
};

class LeaderSearch {
 public:
  LeaderSearch(const WantedExecutions& wanted, const RunsByLeader& runs, const Group& group,
               std::size_t count)
      : wanted_(&wanted), runs_(&runs), group_(&group), leaders_(count) {}

  void add(const ExecutionRecord& execution) {
    if (execution.facts.kind != ExecutionFacts::Kind::kRun) return;
    const auto led = runs_->find({execution.file->trace, execution.thread.pid});
    if (led == runs_->end()) return;
    auto run = std::lower_bound(led->second.begin(), led->second.end(),
                                std::pair(execution.begun, std::size_t{0}));
    std::optional<Leader> leader;
    for (; run != led->second.end(); ++run) {
      if (execution.duration && run->first > execution.begun + *execution.duration) break;
      if (!leader) {
        leader = Leader{execution.begun, std::nullopt};
        if (wanted_->has(execution)) leader->group = (*group_)(execution);
      }
      take(leaders_[run->second], *leader);
    }
  }
  void merge(const LeaderSearch& other) {
    for (std::size_t i = 0; i < leaders_.size(); ++i) {
      if (other.leaders_[i].begun) take(leaders_[i], other.leaders_[i]);
    }
  }
  const std::vector<Leader>& leaders() const { return leaders_; }

 private:
  static void take(Leader& known, const Leader& leader) {
    if (!known.begun || *known.begun < *leader.begun) known = leader;
  }

  const WantedExecutions* wanted_;
  const RunsByLeader* runs_;
  const Group* group_;
  std::vector<Leader> leaders_;
};

}  // namespace

std::optional<WorkerRun> worker_run(const ExecutionRecord& run, const CallSelection& functions) {
  const auto leader_pid = leader_pid_of(run);
  if (!leader_pid) return std::nullopt;
  WorkerRun made{run.file->trace, static_cast<std::uint32_t>(*leader_pid), run.begun, {}};
  std::copy_if(run.functions.begin(), run.functions.end(), std::back_inserter(made.functions),
               [&](const FunctionSum& sum) { return functions.has(sum.function); });
  return made;
}

std::vector<std::optional<std::size_t>> groups_of_leaders(const WantedExecutions& wanted,
                                                          const std::vector<WorkerRun>& runs,
                                                          const Group& group) {
  std::vector<std::optional<std::size_t>> groups(runs.size());
  if (runs.empty()) return groups;
  RunsByLeader by_leader;
  for (std::size_t i = 0; i < runs.size(); ++i)
    by_leader[{runs[i].trace, runs[i].leader_pid}].emplace_back(runs[i].begun, i);
  for (auto& [process, of_leader] : by_leader)
    std::sort(of_leader.begin(), of_leader.end());
  const LeaderSearch search =
      sum_executions(wanted.set, wanted.query(),
                     LeaderSearch(wanted, by_leader, group, runs.size()), wanted.options);
  for (std::size_t i = 0; i < runs.size(); ++i)
    groups[i] = search.leaders()[i].group;
  return groups;
}

}  // namespace pgrec

#include "analyze/calls/worker_leaders.h"

#include <algorithm>
#include <tuple>

#include "format/postgres/execution_classes.h"

namespace pgrec {
namespace {

std::tuple<std::uint32_t, std::uint32_t, Timestamp> place_of(const WorkerRuns::Run& run) {
  return {run.trace, run.leader_pid, run.begun};
}

// An execution that may be a leader's.
struct Candidate {
  Timestamp begun{};
  ExecutionId id{};
  std::optional<Timestamp> ended;

  bool operator<(const Candidate& other) const {
    return std::tie(begun, id) < std::tie(other.begun, other.id);
  }
};

// Notes each execution at the first run that began in or behind it; of several, the one that began
// last. Later runs of that leader are of it too, unless another stands between.
class LeadersOfRuns {
 public:
  explicit LeadersOfRuns(const std::vector<WorkerRuns::Run>& runs)
      : runs_(&runs), noted_(runs.size()) {}

  void add(const ExecutionRecord& execution) {
    if (execution.facts.kind != ExecutionFacts::Kind::kRun) return;
    const WorkerRuns::Run begin{execution.file->trace, execution.thread.pid, execution.begun, {}};
    const auto run = std::lower_bound(runs_->begin(), runs_->end(), begin,
                                      [](const WorkerRuns::Run& a, const WorkerRuns::Run& b) {
                                        return place_of(a) < place_of(b);
                                      });
    if (run == runs_->end() || run->trace != begin.trace || run->leader_pid != begin.leader_pid)
      return;
    Candidate candidate{execution.begun, execution.id, {}};
    if (execution.duration) candidate.ended = execution.begun + *execution.duration;
    note(noted_[static_cast<std::size_t>(run - runs_->begin())], candidate);
  }
  void merge(const LeadersOfRuns& other) {
    for (std::size_t i = 0; i < noted_.size(); ++i) {
      if (other.noted_[i]) note(noted_[i], *other.noted_[i]);
    }
  }

  std::unordered_map<ExecutionId, ExecutionId> leaders() const {
    std::unordered_map<ExecutionId, ExecutionId> leaders;
    std::optional<Candidate> last;
    for (std::size_t i = 0; i < runs_->size(); ++i) {
      const WorkerRuns::Run& run = (*runs_)[i];
      const bool is_first = i == 0 || (*runs_)[i - 1].trace != run.trace ||
                            (*runs_)[i - 1].leader_pid != run.leader_pid;
      if (is_first) last.reset();
      if (noted_[i]) note(last, *noted_[i]);
      if (last && (!last->ended || *last->ended >= run.begun)) leaders.emplace(run.id, last->id);
    }
    return leaders;
  }

 private:
  static void note(std::optional<Candidate>& noted, const Candidate& candidate) {
    if (!noted || *noted < candidate) noted = candidate;
  }

  const std::vector<WorkerRuns::Run>* runs_;  // in order of place
  std::vector<std::optional<Candidate>> noted_;
};

}  // namespace

void WorkerRuns::add(const ExecutionRecord& execution) {
  if (execution.facts.kind != ExecutionFacts::Kind::kWorkerRun) return;
  const std::optional<std::int64_t> leader = leader_pid_of(execution);
  if (!leader || *leader < 0 || *leader > UINT32_MAX) return;
  all_.push_back(
      {execution.file->trace, static_cast<std::uint32_t>(*leader), execution.begun, execution.id});
}

std::unordered_map<ExecutionId, ExecutionId> find_leaders(TraceSet& set, const WorkerRuns& runs,
                                                          const PassOptions& options) {
  if (runs.all().empty()) return {};
  std::vector<WorkerRuns::Run> sorted = runs.all();
  std::stable_sort(
      sorted.begin(), sorted.end(),
      [](const WorkerRuns::Run& a, const WorkerRuns::Run& b) { return place_of(a) < place_of(b); });
  ExecutionQuery query;
  Timestamp last = Timestamp::min();
  for (const WorkerRuns::Run& run : sorted)
    last = std::max(last, run.begun);
  query.range.to = last + Duration(1);
  return sum_executions(set, query, LeadersOfRuns(sorted), options).leaders();
}

WorkerLeaders::WorkerLeaders(TraceSet& set, const PassOptions& options) {
  bool any = false;
  for (TraceSet::File& file : set.files())
    any = any || may_have_workers(file);
  if (any)
    leaders_ =
        find_leaders(set, sum_executions(set, ExecutionQuery{}, WorkerRuns(), options), options);
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

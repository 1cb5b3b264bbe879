#include "analyze/filter/chosen_executions.h"

#include "analyze/calls/execution_pass.h"
#include "analyze/calls/worker_leaders.h"

namespace pgrec {
namespace {

class Choice {
 public:
  Choice(const ExecutionSelection& selection, const std::vector<ExecutionSelection>& counted)
      : selection_(&selection), counted_(&counted), of_any_time_(selection) {
    of_any_time_.range = {};
    of_any_time_.pids = {};
    chosen.of_each.resize(counted.size());
  }

  void add(const ExecutionRecord& execution) {
    const bool is_chosen = of_any_time_.wants(execution);
    if (is_chosen) chosen.ids.add(execution.id);
    workers.add(execution);
    if (execution.facts.kind != ExecutionFacts::Kind::kRun ||
        !selection_->range.has(execution.begun) || !selection_->pids.has(execution.thread.pid)) {
      return;
    }
    ++chosen.all;
    if (is_chosen) ++chosen.wanted;
    for (std::size_t i = 0; i < counted_->size(); ++i) {
      if ((*counted_)[i].wants(execution)) ++chosen.of_each[i];
    }
  }
  void merge(const Choice& other) {
    chosen.ids.merge(other.chosen.ids);
    chosen.wanted += other.chosen.wanted;
    chosen.all += other.chosen.all;
    for (std::size_t i = 0; i < chosen.of_each.size(); ++i)
      chosen.of_each[i] += other.chosen.of_each[i];
    workers.merge(other.workers);
  }

  ChosenExecutions chosen;
  WorkerRuns workers;

 private:
  const ExecutionSelection* selection_;
  const std::vector<ExecutionSelection>* counted_;
  ExecutionSelection of_any_time_;
};

}  // namespace

ChosenExecutions choose_executions(TraceSet& set, const ExecutionSelection& selection,
                                   const std::vector<ExecutionSelection>& counted,
                                   const PassOptions& options) {
  ExecutionQuery query;
  query.range.to = selection.range.to;
  Choice choice = sum_executions(set, query, Choice(selection, counted), options);
  ChosenExecutions chosen = std::move(choice.chosen);
  for (const auto& [worker, leader] : find_leaders(set, choice.workers, options)) {
    if (chosen.ids.has(leader))
      chosen.ids.add(worker);
    else
      chosen.ids.remove(worker);
  }
  return chosen;
}

}  // namespace pgrec

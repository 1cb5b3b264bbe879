#include "analyze/calls/statement_sums.h"

#include <iterator>
#include <utility>

#include "analyze/calls/execution_ranks.h"
#include "analyze/calls/worker_runs.h"

namespace pgrec {
namespace {

// Whether nothing but the statement says which executions are wanted.
bool only_by_statement(ExecutionSelection selection) {
  selection.by_statement = false;
  return selection.is_all();
}

class Sum {
 public:
  Sum(const WantedExecutions& wanted, const StatementTable& table, const CallSelection& calls)
      : wanted_(&wanted),
        calls_(&calls),
        by_text_(only_by_statement(wanted.selection)),
        places_(table) {}

  void add(const ExecutionRecord& execution) {
    if (execution.facts.kind == ExecutionFacts::Kind::kWorkerRun) return add_run(execution);
    if (execution.facts.kind == ExecutionFacts::Kind::kPreparation)
      return add_preparation(execution);
    if (!wanted_->has(execution)) return;
    const auto place = places_(execution);
    if (!place) {
      ++sums_.without_statement;
      return;
    }
    sums_.figures.add(*place, execution);
    if (*place >= sums_.query_ids.size()) sums_.query_ids.resize(*place + 1);
    sums_.query_ids[*place].add(execution.facts.query_id);
    functions_of(*place).add(execution.functions, *calls_);
  }
  void merge(const Sum& other) {
    const StatementTotals& more = other.sums_;
    sums_.figures.merge(more.figures);
    sums_.without_statement += more.without_statement;
    sums_.lost_worker_runs += more.lost_worker_runs;
    if (sums_.query_ids.size() < more.query_ids.size())
      sums_.query_ids.resize(more.query_ids.size());
    for (std::size_t i = 0; i < more.query_ids.size(); ++i)
      sums_.query_ids[i].merge(more.query_ids[i]);
    for (std::size_t i = 0; i < more.functions.size(); ++i)
      functions_of(i).merge(more.functions[i]);
    runs_.insert(runs_.end(), other.runs_.begin(), other.runs_.end());
  }

  StatementTotals finish(const StatementTable& table) {
    const auto groups = groups_of_leaders(
        *wanted_, runs_, [&table](const ExecutionRecord& leader) { return table.of(leader); });
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      if (groups[i]) {
        functions_of(*groups[i]).add(runs_[i].functions, *calls_);
      } else if (by_text_ && !wanted_->selection.by_statement) {
        ++sums_.lost_worker_runs;
      }
    }
    return std::move(sums_);
  }

 private:
  FunctionSums& functions_of(std::size_t place) {
    if (place >= sums_.functions.size()) sums_.functions.resize(place + 1);
    return sums_.functions[place];
  }
  // Its calls were for its statement, where its text is of one only.
  void add_preparation(const ExecutionRecord& preparation) {
    if (preparation.functions.empty() || !wanted_->selection.wants(preparation)) return;
    if (const auto place = places_.by_text(preparation))
      functions_of(*place).add(preparation.functions, *calls_);
  }
  void add_run(const ExecutionRecord& run) {
    if (run.functions.empty()) return;
    const auto place = by_text_ ? places_.by_text(run) : std::nullopt;
    if (place) {
      const ExecutionSelection& selection = wanted_->selection;
      if (!selection.by_statement || selection.statements[*place])
        functions_of(*place).add(run.functions, *calls_);
    } else if (auto kept = worker_run(run, *calls_)) {
      runs_.push_back(std::move(*kept));
    } else {
      ++sums_.lost_worker_runs;
    }
  }

  const WantedExecutions* wanted_;
  const CallSelection* calls_;
  bool by_text_;
  StatementPlaces places_;
  StatementTotals sums_;
  std::vector<WorkerRun> runs_;  // to be placed by their leaders
};

}  // namespace

StatementTotals sum_statements(const WantedExecutions& wanted, const StatementTable& table,
                               const CallSelection& calls, const StatementSumsOptions& options) {
  ExecutionQuery query = wanted.query();
  query.later_worker_runs = true;
  query.wants.function_times = options.functions;
  query.wants.calls_at_least = calls.at_least;
  StatementTotals sums =
      sum_executions(wanted.set, query, Sum(wanted, table, calls), wanted.options).finish(table);
  if (options.exact) search_percentiles(wanted, StatementPlaces(table), sums.figures);
  return sums;
}

}  // namespace pgrec

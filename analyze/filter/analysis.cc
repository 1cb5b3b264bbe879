#include "analyze/filter/analysis.h"

#include <thread>

#include "analyze/calls/execution_pass.h"
#include "format/print/name_list.h"
#include "format/print/units.h"

namespace pgrec {

Analysis::Analysis(const std::vector<std::string>& arguments, Filters filters, unsigned threads)
    : set_(arguments), filters_(std::move(filters)) {
  options_.threads = threads > 0 ? threads : std::max(std::thread::hardware_concurrency(), 1u);
}

const SetTexts& Analysis::texts() {
  if (!texts_) texts_ = std::make_unique<SetTexts>(set_);
  return *texts_;
}

const StatementTable& Analysis::statements() {
  if (!statements_)
    statements_ =
        std::make_unique<StatementTable>(texts(), statements_seen(set_, texts(), options_));
  return *statements_;
}

const ExecutionSelection& Analysis::executions() {
  if (!executions_) select_executions();
  return *executions_;
}

const CallSelection& Analysis::calls() {
  if (!calls_) select_calls();
  return *calls_;
}

void Analysis::select_executions() {
  ExecutionSelection& selection = executions_.emplace();
  selection.end = set_.last();
  selection.pids.pids = filters_.pids;
  if (!filters_.from.empty())
    selection.range.from = Timestamp(parse_duration(filters_.from, "--from"));
  if (!filters_.to.empty()) selection.range.to = Timestamp(parse_duration(filters_.to, "--to"));
  selection.databases = filters_.databases;
  selection.users = filters_.users;
  selection.applications = filters_.applications;
  selection.backend_types = filters_.backend_types;
  selection.outcomes = filters_.outcomes;
  if (!filters_.threshold.empty())
    selection.at_least = parse_duration(filters_.threshold, "--threshold");
}

void Analysis::select_calls() {
  const ExecutionSelection& wanted = executions();
  CallSelection& selection = calls_.emplace();
  selection.range = wanted.range;
  selection.pids = wanted.pids;
  if (!filters_.min_duration.empty())
    selection.at_least = parse_duration(filters_.min_duration, "--min-duration");
}

}  // namespace pgrec

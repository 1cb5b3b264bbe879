#include "analyze/filter/analysis.h"

#include <algorithm>
#include <thread>

#include "analyze/filter/function_choice.h"

namespace pgrec {
namespace {

// Where the names of a filter stand in a selection; as name_filters().
constexpr std::vector<std::string> ExecutionSelection::*kNamesInSelection[] = {
    &ExecutionSelection::databases, &ExecutionSelection::users, &ExecutionSelection::applications,
    &ExecutionSelection::backend_types, &ExecutionSelection::outcomes};

unsigned or_all_cpus(unsigned threads) {
  return threads > 0 ? threads : std::max(std::thread::hardware_concurrency(), 1u);
}

}  // namespace

ExecutionSelection only_names(const NameFilter& filter, const std::vector<std::string>& names) {
  ExecutionSelection selection;
  for (std::size_t i = 0; i < name_filters().size(); ++i) {
    if (name_filters()[i].names == filter.names) selection.*kNamesInSelection[i] = names;
  }
  return selection;
}

Analysis::Analysis(const std::vector<std::string>& arguments, Filters filters, unsigned threads)
    : filters_(std::move(filters)),
      read_(read_filters(filters_)),
      set_(arguments),
      options_{or_all_cpus(threads), {}} {}

Analysis::Analysis(TraceSet set, Filters filters, unsigned threads)
    : filters_(std::move(filters)),
      read_(read_filters(filters_)),
      set_(std::move(set)),
      options_{or_all_cpus(threads), {}} {}

const SetTexts& Analysis::texts() {
  if (!texts_) texts_ = std::make_unique<SetTexts>(set_);
  return *texts_;
}

const StoredExecutions* Analysis::stored() {
  if (!std::exchange(has_stored_, true)) {
    if (auto stored = StoredExecutions::of(set_, options_))
      stored_ = std::make_unique<StoredExecutions>(std::move(*stored));
  }
  return stored_.get();
}

const StatementTable& Analysis::statements() {
  if (!statements_) {
    const StoredExecutions* const known = stored();
    statements_ = std::make_unique<StatementTable>(
        texts(), known ? known->seen(texts()) : statements_seen(set_, texts(), options_));
  }
  return *statements_;
}

const std::vector<StatementChoice>& Analysis::queries() {
  if (!queries_) {
    queries_.emplace();
    if (!read_.queries.empty()) queries_ = choose_statements(statements(), read_.queries);
  }
  return *queries_;
}

const ExecutionSelection& Analysis::executions() {
  if (!executions_) select_executions();
  return *executions_;
}

const CallSelection& Analysis::calls() {
  if (!calls_) select_calls();
  return *calls_;
}

const std::optional<ChosenExecutions>& Analysis::chosen() {
  if (!has_chosen_) choose();
  return chosen_;
}

const std::vector<std::string>& Analysis::names_of_none() {
  chosen();
  return names_of_none_;
}

void Analysis::select_executions() {
  ExecutionSelection selection;
  selection.end = set_.last();
  selection.pids.pids = filters_.pids;
  if (read_.from) selection.range.from = time_of(*read_.from, set_, "--from");
  if (read_.to) selection.range.to = time_of(*read_.to, set_, "--to");
  for (std::size_t i = 0; i < name_filters().size(); ++i)
    selection.*kNamesInSelection[i] = read_.*name_filters()[i].names;
  selection.at_least = read_.threshold;
  if (!read_.queries.empty()) {
    selection.by_statement = true;
    selection.table = &statements();
    selection.statements.resize(statements().rows().size());
    for (const StatementChoice& choice : queries()) {
      for (const std::size_t place : choice.places)
        selection.statements[place] = true;
    }
  }
  executions_ = std::move(selection);
}

void Analysis::select_calls() {
  const ExecutionSelection& wanted = executions();
  CallSelection selection;
  selection.range = wanted.range;
  selection.pids = wanted.pids;
  selection.at_least = read_.min_duration;
  if (!read_.functions.names.empty()) {
    selection.functions = choose_functions(set_, read_.functions);
    selection.other_functions = false;
  }
  if (chosen()) selection.executions = &chosen_->ids;
  calls_ = std::move(selection);
}

void Analysis::choose() {
  has_chosen_ = true;
  const ExecutionSelection& selection = executions();
  if (selection.is_of_all_kinds()) return;
  std::vector<ExecutionSelection> counted;
  std::vector<std::string> names;
  for (const NameFilter& filter : name_filters()) {
    const auto& all = read_.*filter.names;
    for (const std::string& name : all) {
      if (all.size() == 1) continue;
      counted.push_back(only_names(filter, {name}));
      names.push_back(std::string(filter.what) + " " + name);
    }
  }
  chosen_ = choose_executions(set_, selection, counted, options_);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (chosen_->of_each[i] == 0) names_of_none_.push_back(names[i]);
  }
}

}  // namespace pgrec

// What the views of a command ask: the set of traces, what of it is wanted, and what they have in
// common, made when it is first asked for.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analyze/calls/chunk_pass.h"
#include "analyze/calls/selection.h"
#include "analyze/calls/set_texts.h"
#include "analyze/calls/statement_table.h"
#include "analyze/calls/stored_executions.h"
#include "analyze/filter/chosen_executions.h"
#include "analyze/filter/filters.h"
#include "analyze/filter/statement_choice.h"
#include "analyze/trace/trace_set.h"

namespace pgrec {

class Analysis {
 public:
  // Opens what `arguments` name (analyze/trace/trace_set.h). `threads`: 0 takes as many as the
  // machine has CPUs. Throws Error; UsageError where a filter cannot be one.
  Analysis(const std::vector<std::string>& arguments, Filters filters, unsigned threads);
  // The same of a set that is open.
  Analysis(TraceSet set, Filters filters, unsigned threads);

  TraceSet& set() { return set_; }
  // For every pass.
  const PassOptions& options() const { return options_; }
  void on_progress(Progress progress) { options_.progress = std::move(progress); }

  const SetTexts& texts();
  // What the summaries say of executions; null where they do not.
  const StoredExecutions* stored();
  // Of all executions of the set, also those that are not wanted.
  const StatementTable& statements();

  // Which executions are wanted. Reads executions first where a filter asks for it. Throws Error
  // where a time cannot be told.
  const ExecutionSelection& executions();
  // Which calls are: of these executions only, where their filters leave some out by more than
  // times and pids; of these also calls that begin in the range where the execution began before.
  // Throws Error where there is no function of a name.
  const CallSelection& calls();
  // Nothing is left out.
  bool is_all() { return executions().is_all() && calls().is_all(); }

  const Filters& filters() const { return filters_; }
  const ReadFilters& read() const { return read_; }
  // Of each --query, what it was taken for.
  const std::vector<StatementChoice>& queries();
  // What executions() chooses; nothing where it chooses by times and pids only.
  const std::optional<ChosenExecutions>& chosen();
  // With which one of several names each: "database shop2", of those that no execution in the range
  // has.
  const std::vector<std::string>& names_of_none();

 private:
  void select_executions();
  void select_calls();
  void choose();

  Filters filters_;
  ReadFilters read_;
  TraceSet set_;
  PassOptions options_;
  std::unique_ptr<SetTexts> texts_;
  bool has_stored_ = false;
  std::unique_ptr<StoredExecutions> stored_;
  std::unique_ptr<StatementTable> statements_;
  std::optional<std::vector<StatementChoice>> queries_;
  std::optional<ExecutionSelection> executions_;
  std::optional<CallSelection> calls_;
  bool has_chosen_ = false;
  std::optional<ChosenExecutions> chosen_;
  std::vector<std::string> names_of_none_;
};

// A selection that only one filter makes: of executions with one of the names, of the statements of
// one --query, or of the threshold.
ExecutionSelection only_names(const NameFilter& filter, const std::vector<std::string>& names);

}  // namespace pgrec

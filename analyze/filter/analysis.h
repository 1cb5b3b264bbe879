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
#include "analyze/filter/filters.h"
#include "analyze/trace/trace_set.h"

namespace pgrec {

class Analysis {
 public:
  // Opens what `arguments` name (analyze/trace/trace_set.h). `threads`: 0 takes as many as the
  // machine has CPUs. Throws Error; UsageError where a filter cannot be one.
  Analysis(const std::vector<std::string>& arguments, Filters filters, unsigned threads);

  TraceSet& set() { return set_; }
  // For every pass.
  const PassOptions& options() const { return options_; }
  void on_progress(Progress progress) { options_.progress = std::move(progress); }

  const SetTexts& texts();
  // Of all executions of the set, also those that are not wanted.
  const StatementTable& statements();

  // Which executions are wanted. Reads executions first where a filter asks for it.
  const ExecutionSelection& executions();
  // Which calls are: of these executions only, where their filters leave some out by more than
  // times and pids.
  const CallSelection& calls();
  // Nothing is left out.
  bool is_all() { return executions().is_all() && calls().is_all(); }

  const Filters& filters() const { return filters_; }

 private:
  void select_executions();
  void select_calls();

  TraceSet set_;
  Filters filters_;
  PassOptions options_;
  std::unique_ptr<SetTexts> texts_;
  std::unique_ptr<StatementTable> statements_;
  std::optional<ExecutionSelection> executions_;
  std::optional<CallSelection> calls_;
  ExecutionIds execution_ids_;
};

}  // namespace pgrec

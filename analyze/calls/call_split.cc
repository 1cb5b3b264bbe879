#include "analyze/calls/call_split.h"

#include <algorithm>
#include <numeric>

#include "analyze/calls/execution_pass.h"
#include "analyze/calls/worker_leaders.h"
#include "format/error.h"

namespace pgrec {

SplitBy parse_split(std::string_view text) {
  static const std::map<std::string_view, SplitBy> kAll = {
      {"pid", SplitBy::kPid},           {"query", SplitBy::kQuery},
      {"database", SplitBy::kDatabase}, {"application", SplitBy::kApplication},
      {"outcome", SplitBy::kOutcome},
  };
  const auto found = kAll.find(text);
  if (found != kAll.end()) return found->second;
  throw UsageError("--split: calls cannot be told apart by '" + std::string(text) + "'",
                   "pid, query, database, application or outcome");
}

void ExecutionNumbers::set(ExecutionId id, std::uint32_t number) {
  auto& page = pages_[value(id) / kPage];
  if (page.empty()) page.resize(kPage);
  page[value(id) % kPage] = number;
}

// Gives each execution the number of its value, and keeps whose leaders are to be found.
class CallSplit::Executions final : public ExecutionSink {
 public:
  explicit Executions(CallSplit& split) : split_(split) {}

  void execution(const ExecutionRecord& execution) override {
    split_.executions_.set(execution.id, number_of(execution));
    runs.add(execution);
  }

  WorkerRuns runs;

 private:
  std::uint32_t number_of(const ExecutionRecord& execution) {
    if (split_.by_ == SplitBy::kQuery) return of_row(split_.statements_->of(execution));
    std::optional<std::string> text;
    if (split_.by_ == SplitBy::kDatabase) {
      const ProcessLives::Life* const process = process_of(execution);
      if (process) text = process->identity.database;
    } else if (split_.by_ == SplitBy::kApplication) {
      text = session_of(execution).application;
    } else {
      text = outcome_of(execution);
    }
    return of_text(text.value_or(""));
  }
  std::uint32_t of_row(const std::optional<std::size_t>& row) {
    const auto next = static_cast<std::uint32_t>(split_.rows_.size());
    const auto [place, is_new] = rows_.try_emplace(row, next);
    if (is_new) split_.rows_.push_back(row);
    return place->second;
  }
  std::uint32_t of_text(const std::string& text) {
    const auto next = static_cast<std::uint32_t>(split_.texts_.size());
    const auto [place, is_new] = texts_.try_emplace(text, next);
    if (is_new) split_.texts_.emplace_back(text);
    return place->second;
  }

  CallSplit& split_;
  std::map<std::optional<std::size_t>, std::uint32_t> rows_;
  std::map<std::string, std::uint32_t> texts_;
};

CallSplit::CallSplit(TraceSet& set, SplitBy by, const StatementTable* statements,
                     const PassOptions& options)
    : by_(by), statements_(statements) {
  if (by_ != SplitBy::kNothing && by_ != SplitBy::kPid) split_executions(set, options);
}

void CallSplit::split_executions(TraceSet& set, const PassOptions& options) {
  (by_ == SplitBy::kQuery ? rows_.resize(1) : texts_.resize(1));
  Executions executions(*this);
  for_each_execution(set, {}, executions, options);
  for (const auto& [run, leader] : find_leaders(set, executions.runs, options))
    executions_.set(run, executions_.of(leader));
}

std::uint32_t CallSplit::number_of(const TraceSet::File& file, std::uint32_t pid,
                                   const ProcessLives::Life* life) {
  const Process process{file.trace, pid, life ? life->process_id : 0};
  const std::lock_guard lock(lock_);
  const auto next = static_cast<std::uint32_t>(processes_.size());
  const auto [place, is_new] = numbers_.try_emplace(process, next);
  if (is_new) processes_.emplace_back(process, life);
  return place->second;
}

std::uint32_t CallSplit::size() const {
  if (by_ == SplitBy::kNothing) return 1;
  const std::size_t size = by_ == SplitBy::kPid     ? processes_.size()
                           : by_ == SplitBy::kQuery ? rows_.size()
                                                    : texts_.size();
  return static_cast<std::uint32_t>(size);
}

SplitValue CallSplit::value_of(std::uint32_t number) const {
  SplitValue value;
  if (by_ == SplitBy::kNothing) return value;
  if (by_ == SplitBy::kPid) {
    const auto& [process, life] = processes_[number];
    std::tie(value.trace, value.pid, value.process) = process;
    value.key = std::to_string(value.pid);
    value.shown = "pid " + value.key;
    if (life && life->identity.backend_type) value.shown += ", " + *life->identity.backend_type;
    return value;
  }
  if (number == 0) {
    value.shown = "outside executions";
    return value;
  }
  if (by_ == SplitBy::kQuery) {
    const auto& row = rows_[number];
    value.shown = "of no statement";
    if (!row) return value;
    const StatementRow& statement = statements_->rows()[*row];
    value.statement = statement.id;
    value.key = statements_->text(statement).value_or(statements_->name(statement));
    value.shown = "statement " + std::to_string(statement.id) + ", " + value.key;
    return value;
  }
  const std::string what = by_ == SplitBy::kDatabase      ? "database"
                           : by_ == SplitBy::kApplication ? "application"
                                                          : "outcome";
  value.key = *texts_[number];
  value.shown = value.key.empty() ? "no " + what : what + " " + value.key;
  return value;
}

std::vector<std::uint32_t> CallSplit::in_order() const {
  std::vector<std::uint32_t> all(size());
  std::iota(all.begin(), all.end(), 0u);
  std::sort(all.begin(), all.end(), [&](std::uint32_t a, std::uint32_t b) {
    if (by_ == SplitBy::kPid) return processes_[a].first < processes_[b].first;
    if (by_ == SplitBy::kQuery) return std::pair(rows_[a], a) < std::pair(rows_[b], b);
    if (by_ == SplitBy::kNothing) return a < b;
    return texts_[a] < texts_[b];
  });
  return all;
}

void SplitCursor::process(const TraceSet::File& file, const ThreadKey& key) {
  const bool is_other = file_ != &file || key.pid != key_.pid;
  file_ = &file;
  key_ = key;
  fixed_ = split_.by_ == SplitBy::kNothing;
  execution_ = kNoExecution;
  if (split_.by_ != SplitBy::kPid) {
    number_ = 0;
    return;
  }
  fixed_ = !file.lives.several(key.pid);
  if (!is_other) return;
  has_life_ = false;
  if (fixed_) number_ = split_.number_of(file, key.pid, file.lives.find(key.pid, 0));
}

std::uint32_t SplitCursor::of_process(Timestamp begun) {
  const ProcessLives::Life* const life = file_->lives.at(key_.pid, begun);
  if (!has_life_ || life != life_) {
    has_life_ = true;
    life_ = life;
    number_ = split_.number_of(*file_, key_.pid, life);
  }
  return number_;
}

}  // namespace pgrec

// What calls are told apart by beside their function: their process, or something of the execution
// that they are of. Each value has a number; what it is for people is in SplitValue.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "analyze/calls/chunk_pass.h"
#include "analyze/calls/statement_table.h"
#include "analyze/trace/trace_set.h"
#include "format/thread_state.h"

namespace pgrec {

enum class SplitBy { kNothing, kPid, kQuery, kDatabase, kApplication, kOutcome };

// "pid", "query", "database", "application", "outcome". Throws UsageError that names --split.
SplitBy parse_split(std::string_view text);

// One of the values. A process is that of a pid; of a pid without a row in the trace, any.
struct SplitValue {
  std::string key;                        // for programs; empty where it is not known
  std::string shown;                      // "pid 12472, client backend", "database shop", …
  std::uint32_t trace = 0;                // kPid: of the process; else 0
  std::uint32_t pid = 0;                  // kPid
  std::int64_t process = 0;               // kPid: as in ProcessLives; 0 where no row tells of it
  std::optional<std::int64_t> statement;  // kQuery: its id
};

// A number for each of many executions, whose ids are dense.
class ExecutionNumbers {
 public:
  void set(ExecutionId id, std::uint32_t number);
  // 0 of one that has none.
  std::uint32_t of(ExecutionId id) const {
    const auto page = pages_.find(value(id) / kPage);
    return page == pages_.end() ? 0 : page->second[value(id) % kPage];
  }

 private:
  static constexpr std::uint64_t kPage = 1u << 16;
  std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> pages_;
};

class CallSplit {
 public:
  // Reads the executions where `by` asks for them. A parallel worker's run has the value of its
  // leader's execution. Borrows the set, and `statements`, which only kQuery needs.
  CallSplit(TraceSet& set, SplitBy by, const StatementTable* statements,
            const PassOptions& options);

  SplitBy by() const { return by_; }
  // How many numbers are in use, from 0: at the end of a pass, of a process each.
  std::uint32_t size() const;
  // Of a number below size(). Reads a statement's text.
  SplitValue value_of(std::uint32_t number) const;
  // The numbers below size() by trace and pid or by what they are, whoever met them first.
  std::vector<std::uint32_t> in_order() const;

 private:
  friend class SplitCursor;
  class Executions;
  using Process = std::tuple<std::uint32_t, std::uint32_t, std::int64_t>;  // trace, pid, process

  std::uint32_t number_of(const TraceSet::File& file, std::uint32_t pid,
                          const ProcessLives::Life* life);
  void split_executions(TraceSet& set, const PassOptions& options);

  SplitBy by_;
  const StatementTable* statements_;
  mutable std::mutex lock_;  // of the processes
  std::map<Process, std::uint32_t> numbers_;
  std::vector<std::pair<Process, const ProcessLives::Life*>> processes_;  // by number
  // Of executions: the first is that of calls outside them.
  std::vector<std::optional<std::string>> texts_;
  std::vector<std::optional<std::size_t>> rows_;  // kQuery: places in the table
  ExecutionNumbers executions_;
};

// Finds the numbers of calls, thread by thread. One for each worker of a pass.
class SplitCursor {
 public:
  explicit SplitCursor(CallSplit& split) : split_(split) {}

  // What follows is of this thread.
  void process(const TraceSet::File& file, const ThreadKey& key);
  // All calls of the thread have one number.
  bool is_fixed() const { return fixed_; }
  // Of a call of the thread, by when it began and in which execution.
  std::uint32_t at(Timestamp begun, ExecutionId execution) {
    if (fixed_) return number_;
    if (split_.by_ == SplitBy::kPid) return of_process(begun);
    if (execution != execution_) {
      execution_ = execution;
      number_ = execution == kNoExecution
                    ? 0
                    : split_.executions_.of(file_->goes_on.empty() ? execution : joined(execution));
    }
    return number_;
  }

 private:
  std::uint32_t of_process(Timestamp begun);
  ExecutionId joined(ExecutionId id) const {
    const auto found = file_->goes_on.find(id);
    return found == file_->goes_on.end() ? id : found->second;
  }

  CallSplit& split_;
  const TraceSet::File* file_ = nullptr;
  ThreadKey key_;
  bool fixed_ = true;
  std::uint32_t number_ = 0;
  ExecutionId execution_ = kNoExecution;      // of `number_`
  const ProcessLives::Life* life_ = nullptr;  // of `number_`
  bool has_life_ = false;
};

}  // namespace pgrec

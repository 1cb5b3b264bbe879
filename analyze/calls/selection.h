// Which executions and calls are wanted: filters, resolved for a set (analyze/filter/analysis.h).
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "analyze/calls/execution_record.h"
#include "analyze/calls/statement_table.h"
#include "analyze/calls/time_range.h"
#include "format/event.h"

namespace pgrec {

// A set of ids of executions, which are dense: a bit for each.
class ExecutionIds {
 public:
  void add(ExecutionId id) {
    auto& page = pages_[value(id) / kPage];
    if (page.empty()) page.resize(kPage);
    count_ += page[value(id) % kPage] ? 0 : 1;
    page[value(id) % kPage] = true;
  }
  void remove(ExecutionId id) {
    if (!has(id)) return;
    pages_[value(id) / kPage][value(id) % kPage] = false;
    --count_;
  }
  bool has(ExecutionId id) const {
    const auto page = pages_.find(value(id) / kPage);
    return page != pages_.end() && page->second[value(id) % kPage];
  }
  std::uint64_t count() const { return count_; }
  void merge(const ExecutionIds& other);

 private:
  static constexpr std::uint64_t kPage = 1u << 16;
  std::unordered_map<std::uint64_t, std::vector<bool>> pages_;
  std::uint64_t count_ = 0;
};

// Pids that are wanted; none: all.
struct WantedPids {
  std::vector<std::uint32_t> pids;
  bool has(std::uint32_t pid) const {
    return pids.empty() || std::find(pids.begin(), pids.end(), pid) != pids.end();
  }
};

// Which executions are wanted. An empty list wants all.
struct ExecutionSelection {
  TimeRange range;  // in which they begin
  WantedPids pids;
  std::vector<std::string> databases, users, applications, backend_types, outcomes;
  // Places in StatementTable::rows(), where `by_statement`.
  std::vector<bool> statements;
  bool by_statement = false;
  Duration at_least{};  // that they took; of one that is open: by then
  Timestamp end{};      // of the set
  const StatementTable* table = nullptr;

  // Whether only the range and the pids leave something out.
  bool is_of_all_kinds() const;
  bool is_all() const { return is_of_all_kinds() && range.is_all() && pids.pids.empty(); }
  // Of a preparation or a worker's run, whether it would be wanted if it were an execution.
  bool wants(const ExecutionRecord& execution) const;
};

// How long it took; of one that is open: by `end`. Nothing where its end is lost.
std::optional<Duration> time_taken(const ExecutionRecord& execution, Timestamp end);

// Which calls are wanted.
struct CallSelection {
  TimeRange range;  // in which they begin
  WantedPids pids;
  std::vector<bool> functions;  // by id; those beyond: `other_functions`
  bool other_functions = true;
  Duration at_least{};  // above 0: only those that returned, and took so long
  // Calls of these executions only, those of their parallel workers among them; null: of all, and
  // of none.
  const ExecutionIds* executions = nullptr;

  bool has(FunctionId function) const {
    return value(function) < functions.size() ? functions[value(function)] : other_functions;
  }
  bool is_all_functions() const { return functions.empty() && other_functions; }
  bool is_all() const {
    return range.is_all() && pids.pids.empty() && is_all_functions() && at_least == Duration{} &&
           !executions;
  }
  // Only calls of some functions are left out.
  bool is_of_functions() const {
    return range.is_all() && pids.pids.empty() && at_least == Duration{} && !executions;
  }
  // All but the duration.
  bool wants(FunctionId function, Timestamp begun, ExecutionId execution) const {
    return has(function) && range.has(begun) &&
           (!executions || (execution != kNoExecution && executions->has(execution)));
  }
  // Whether a chunk can have something of it; by the masks of its header.
  bool wants(const TraceSet::File& file, const ChunkRef& chunk) const;
};

}  // namespace pgrec

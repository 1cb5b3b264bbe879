#include "format/postgres/execution_counts.h"

#include <algorithm>
#include <set>

#include "format/postgres/execution_classes.h"

namespace pgrec {
namespace {

bool tells_kind(const EventClass& one) {
  return one.name == execution_class::kNotRun || one.name == execution_class::kOfLeader;
}

}  // namespace

ExecutionCounts& ExecutionCounts::operator+=(const ExecutionCounts& other) {
  executions += other.executions;
  preparations += other.preparations;
  worker_runs += other.worker_runs;
  return *this;
}

bool tells_kinds_of_executions(const std::vector<EventClass>& classes) {
  return std::any_of(classes.begin(), classes.end(), tells_kind);
}

// Each preparation and each worker run has one such event. Of two rows with one id the first holds.
ExecutionCounts execution_counts(const Summary& summary, const std::vector<EventClass>& classes) {
  ExecutionCounts counts;
  std::set<ClassId> seen;
  for (const EventClass& one : classes) {
    if (!seen.insert(one.id).second || !tells_kind(one) || !summary.classes) continue;
    const auto events = summary.classes->find(one.id);
    if (events == summary.classes->end()) continue;
    (one.name == execution_class::kNotRun ? counts.preparations : counts.worker_runs) +=
        events->second;
  }
  const std::uint64_t others = counts.preparations + counts.worker_runs;
  counts.executions = summary.executions.begun - std::min(others, summary.executions.begun);
  return counts;
}

}  // namespace pgrec

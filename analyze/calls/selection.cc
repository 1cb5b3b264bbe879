#include "analyze/calls/selection.h"

#include "analyze/trace/in_set.h"

namespace pgrec {
namespace {

bool has(const std::vector<std::string>& wanted, const std::string& text) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), text) != wanted.end();
}

}  // namespace

void ExecutionIds::merge(const ExecutionIds& other) {
  for (const auto& [number, page] : other.pages_) {
    for (std::uint64_t i = 0; i < page.size(); ++i) {
      if (page[i]) add(ExecutionId{number * kPage + i});
    }
  }
}

std::optional<Duration> time_taken(const ExecutionRecord& execution, Timestamp end) {
  if (execution.end_lost || execution.duration) return execution.duration;
  return std::max(end - execution.begun, Duration{});
}

bool ExecutionSelection::is_of_all_kinds() const {
  return databases.empty() && users.empty() && applications.empty() && backend_types.empty() &&
         outcomes.empty() && !by_statement && at_least == Duration{};
}

bool ExecutionSelection::wants(const ExecutionRecord& execution) const {
  if (!range.has(execution.begun) || !pids.has(execution.thread.pid)) return false;
  if (is_of_all_kinds()) return true;
  if (at_least > Duration{}) {
    const auto taken = time_taken(execution, end);
    if (!taken || *taken < at_least) return false;
  }
  if (!has(outcomes, outcome_of(execution))) return false;
  if (by_statement) {
    const auto statement = table->of(execution);
    if (!statement || !statements[*statement]) return false;
  }
  if (!databases.empty() || !backend_types.empty()) {
    const ProcessLives::Life* const process = process_of(execution);
    const ProcessIdentity who = process ? process->identity : ProcessIdentity{};
    if (!has(databases, who.database.value_or("")) ||
        !has(backend_types, who.backend_type.value_or("")))
      return false;
  }
  if (users.empty() && applications.empty()) return true;
  const Session session = session_of(execution);
  return has(users, session.user) && has(applications, session.application);
}

bool CallSelection::wants(const TraceSet::File& file, const ChunkRef& chunk) const {
  const ChunkHeader& header = chunk.header;
  if (header.last + file.shift < range.from) return false;
  if (at_least > Duration{} && header.longest < at_least) return false;
  if (!pids.pids.empty() &&
      std::none_of(pids.pids.begin(), pids.pids.end(),
                   [&](std::uint32_t pid) { return (header.processes & mask_bit(pid)) != 0; })) {
    return false;
  }
  if (is_all_functions() || other_functions) return true;
  for (unsigned bit = 0; bit < 64; ++bit) {
    if ((header.functions >> bit & 1) == 0) continue;
    for (std::size_t id = bit; id < layout::kMaxFunctions; id += 64) {
      const FunctionId in_set = function_in_set(file, FunctionId{static_cast<std::uint32_t>(id)});
      if (has(in_set)) return true;
      if (id >= file.functions.size() && id >= functions.size()) break;
    }
  }
  return false;
}

}  // namespace pgrec

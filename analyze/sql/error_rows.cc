#include "analyze/sql/error_rows.h"

#include <string>
#include <string_view>
#include <variant>

#include "format/postgres/execution_classes.h"

namespace pgrec {
namespace {

constexpr std::array<std::string_view, 3> kArguments = {
    execution_argument::kSeverity, execution_argument::kSqlstate, execution_argument::kMessage};

}  // namespace

ErrorRows::ErrorRows(const std::vector<EventClass>& classes, const Database& database,
                     const ProcessLives& processes)
    : processes_(processes),
      insert_(database.prepare("INSERT INTO errors VALUES (?,?,?,?,?,?,?)")) {
  std::map<ClassId, bool> seen;
  for (const EventClass& one : classes) {
    // Of two rows with one id the first holds.
    if (!seen.emplace(one.id, true).second || one.name != execution_class::kError) continue;
    Places& places = classes_[one.id];
    for (std::size_t i = 0; i < one.arguments.size(); ++i) {
      for (std::size_t known = 0; known < kArguments.size(); ++known) {
        if (one.arguments[i].name == kArguments[known] && !places[known]) places[known] = i;
      }
    }
  }
}

void ErrorRows::add(const Event& event, const ThreadKey& thread, const ThreadState& state,
                    const ArgumentValues& arguments) {
  const ProcessLives::Life* process = processes_.at(thread.pid, event.ts);
  std::optional<std::int64_t> process_id, execution_id;
  if (process) process_id = process->process_id;
  if (state.execution) execution_id = static_cast<std::int64_t>(value(state.execution->id));
  insert_.bind(1, to_ns(event.ts)).bind(2, std::int64_t{thread.pid}).bind(3, process_id);
  const Places& places = classes_.at(event.event_class);
  for (std::size_t i = 0; i < places.size(); ++i) {
    std::optional<std::string_view> text;
    if (places[i] && *places[i] < arguments.size()) {
      const auto* said = std::get_if<std::string>(&arguments[*places[i]]);
      if (said && !said->empty()) text = *said;
    }
    insert_.bind(4 + static_cast<int>(i), text);
  }
  insert_.bind(7, execution_id).run();
}

}  // namespace pgrec

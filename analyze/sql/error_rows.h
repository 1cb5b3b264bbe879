// The relation `errors`: what processes reported as an ERROR, a FATAL or a PANIC, in an execution
// or outside of all. Events of the class `error` (format/postgres/execution_classes.h) tell of
// them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "analyze/sql/database.h"
#include "analyze/trace/process_lives.h"
#include "format/chunk/arguments.h"
#include "format/event.h"
#include "format/thread_state.h"

namespace pgrec {

class ErrorRows {
 public:
  // Borrows both.
  ErrorRows(const std::vector<EventClass>& classes, const Database& database,
            const ProcessLives& processes);

  // Whether events of the class tell of errors.
  bool tells(ClassId event_class) const { return classes_.contains(event_class); }
  // Writes one. `state`: what the thread was doing.
  void add(const Event& event, const ThreadKey& thread, const ThreadState& state,
           const ArgumentValues& arguments);

 private:
  // Where severity, SQLSTATE and message stand among the arguments.
  using Places = std::array<std::optional<std::size_t>, 3>;

  std::map<ClassId, Places> classes_;
  const ProcessLives& processes_;
  Statement insert_;
};

}  // namespace pgrec

// All that a chunk's summary says, added up as its events are replayed; a sink for replay().
#pragma once

#include <optional>
#include <span>
#include <utility>

#include "format/chunk/statement_sums.h"
#include "format/table/summary.h"

namespace pgrec {

class ChunkSums {
 public:
  // From the next chunk on also statements and the longest executions.
  void sum_statements(StatementSource source) { statements_.emplace(std::move(source)); }

  // What follows is of this thread. As StatementSums::thread().
  void thread(const ThreadKey& key, const ThreadState& state) {
    sums_.thread(key);
    open(key, state);
  }
  // The same of a thread without an event.
  void open(const ThreadKey& key, const ThreadState& state) {
    if (statements_) statements_->thread(key, state);
  }
  // A chunk is missing before the next one.
  void forget() {
    if (statements_) statements_->forget();
  }
  void lost(const std::string& cause, std::uint64_t events) { sums_.lost(cause, events); }

  // Before an event is replayed: each of these where it is such.
  [[gnu::always_inline]] void call_begun(FunctionId function) {
    sums_.call_begun(function);
    if (statements_) statements_->call_begun(function);
  }
  // What it tells of the running execution; null: nothing. Then told() adds it.
  const ExecutionRole* class_event(ClassId event_class) {
    sums_.class_event(event_class);
    if (!statements_) return nullptr;
    const ExecutionRole& role = statements_->roles().of(event_class);
    return role.tells == ExecutionRole::Tells::kNothing ? nullptr : &role;
  }
  void told(const ExecutionRole& role, std::span<const Argument> arguments) {
    statements_->class_event(role, arguments);
  }

  // After the event that began it was replayed.
  void execution_begun(const OpenExecution& execution) {
    sums_.execution_begun();
    if (statements_) statements_->execution_begun(execution);
  }

  [[gnu::always_inline]] void call_ended(const EndedCall& call) {
    sums_.call_ended(call);
    if (statements_) statements_->call_ended(call);
  }
  void call_ended(const Call& call) { sums_.call_ended(call); }
  void execution_ended(const Execution& execution) {
    sums_.execution_ended(execution);
    if (statements_) statements_->execution_ended(execution);
  }

  // The summary of the chunk, and begins the next.
  Summary take() {
    Summary summary = sums_.take();
    if (statements_) statements_->take(summary);
    return summary;
  }

 private:
  SummaryBuilder sums_;
  std::optional<StatementSums> statements_;
};

}  // namespace pgrec

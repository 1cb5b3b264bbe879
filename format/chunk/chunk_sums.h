// All that a chunk's summary says, added up as its events are replayed; a sink for replay().
#pragma once

#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "format/chunk/statement_sums.h"
#include "format/table/summary.h"

namespace pgrec {

class ChunkSums {
 public:
  // From the next chunk on also statements and the longest executions.
  void sum_statements(StatementSource source) { statements_.emplace(std::move(source)); }

  // What follows is of this thread. As StatementSums::thread().
  void thread(const ThreadKey& key, const ThreadState& state) {
    leave();
    sums_.thread(key);
    if (!statements_) return;
    statements_->thread(key, state);
    now_ = statements_->running();
  }
  // The same of a thread without an event.
  void open(const ThreadKey& key, const ThreadState& state) {
    leave();
    if (statements_) statements_->thread(key, state);
  }
  // A chunk is missing before the next one.
  void forget() {
    if (statements_) statements_->forget();
  }
  void lost(const std::string& cause, std::uint64_t events) { sums_.lost(cause, events); }

  // Before an event is replayed: each of these where it is such.
  [[gnu::always_inline]] void call_begun(FunctionId function) { sums_.call_begun(function); }
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
    if (!statements_) return;
    sums_.end_run(kNobody);  // of the calls in no execution
    statements_->execution_begun(execution);
    now_ = execution.id;
  }

  [[gnu::always_inline]] void call_ended(const EndedCall& call) {
    if (statements_ && call.opened().execution != now_) return call_ended_late(call);
    sums_.call_ended(call);
  }
  void call_ended(const Call& call) { sums_.call_ended(call); }
  void execution_ended(const Execution& execution) {
    sums_.execution_ended(execution);
    if (!statements_) return;
    statements_->execution_ended(execution, sums_);
    now_ = kNoExecution;
  }

  // The summary of the chunk, and begins the next.
  Summary take() {
    leave();
    const std::vector<FunctionId> functions = sums_.functions();
    Summary summary = sums_.take();
    if (statements_) statements_->take(summary, functions);
    return summary;
  }

 private:
  static constexpr auto kNobody = [](std::uint32_t, FunctionId, const StatementFunction&) {};

  // Its execution has ended before.
  [[gnu::noinline]] void call_ended_late(const EndedCall& call) {
    statements_->late_call(call, sums_.call_ended_apart(call));
  }
  // The thread's events are over.
  void leave() {
    if (statements_) statements_->leave(sums_);
    sums_.end_run(kNobody);
    now_ = kNoExecution;
  }

  SummaryBuilder sums_;
  std::optional<StatementSums> statements_;
  ExecutionId now_ = kNoExecution;  // the one that runs, as far as statements are summed
};

}  // namespace pgrec

// The calls of one chunk: those that are wanted of those that begin in it as rows, and what becomes
// in it of those that were open at its start.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "analyze/calls/call_rows.h"
#include "analyze/calls/chunk_pass.h"
#include "analyze/calls/shown_execution.h"
#include "analyze/trace/in_set.h"

namespace pgrec {

// Which calls are wanted, and what of them.
struct CallWish {
  CallFields fields;
  bool none = false;  // no row at all
  // Those that return in the chunk, wherever they began, in place of those that begin in it.
  bool where_they_end = false;
  bool sorted = false;  // the rows of a chunk by when they began
  NumberRange ids, begun, pids, tids, depths;
  NumberRange durations;                // with where_they_end
  std::vector<std::uint8_t> functions;  // by id, 1: wanted
  bool other_functions = true;          // those beyond

  bool has_function(std::uint32_t function) const {
    return function < functions.size() ? functions[function] != 0 : other_functions;
  }
  // The bits of the wanted functions in the headers of a file's chunks.
  std::uint64_t function_mask(const TraceSet::File& file) const;
  // Whether a chunk can have one, by its header and function_mask().
  bool may_be_in(const TraceSet::File& file, const ChunkHeader& header,
                 std::uint64_t function_mask) const;
};

struct CallsOfChunk final : ChunkResult {
  CallRows rows;
  std::vector<std::uint32_t> open;  // of the rows, those whose calls run at the chunk's end
  // The calls that were open at the chunk's start, by id, with executions as the file has them;
  // those that did not end here are open.
  std::vector<Call> carried;
  // The executions that run at the chunk's end, with the ids that they have in the file; and who
  // runs them.
  std::vector<std::pair<ExecutionId, std::uint32_t>> running;
};

// A visitor of one chunk after the other, in the times and ids of the set.
class CallVisitor {
 public:
  // Borrows all. `self_known`: no short call was left out, by file.
  CallVisitor(const CallWish& wish, const ShownExecutions& executions,
              const std::vector<std::uint8_t>& self_known)
      : wish_(wish), executions_(executions), self_known_by_file_(self_known) {}

  // Before each chunk, and after it.
  void begin(const TraceSet::File& file, CallsOfChunk& into);
  void end();

  void chunk(const ChunkHeader& header, const Columns& columns);
  void thread(const ThreadKey& key, ThreadState&& opening);
  [[gnu::always_inline]] bool event(const Event& event) {
    if (event.kind == EventKind::kEnter) {
      slots_.push_back(is_wanted_thread_ && wants(event) ? add(event) : kNoSlot);
      return replay(event, key_, state_, ids_, *this);
    }
    if (!replay(event, key_, state_, ids_, *this)) return false;
    if (event.kind == EventKind::kExecutionBegin || event.kind == EventKind::kExecutionEnd ||
        event.kind == EventKind::kExecutionLost) {
      set_execution();
    }
    return true;
  }

  [[gnu::always_inline]] void call_ended(const EndedCall& call) {
    const std::int32_t slot = slots_.back();
    slots_.pop_back();
    if (slot >= 0) {
      if (call.returned()) {
        into_->rows.end_returned(static_cast<std::size_t>(slot), call.duration(), call.self(),
                                 self_known_);
      } else {
        into_->rows.end(static_cast<std::size_t>(slot), call, self_known_);
      }
    } else if (slot != kNoSlot) {
      carried_ended(slot, call);
    }
    if (ends_wanted_ && call.returned()) add_ended(call);
  }
  void call_ended(const Call& headless);
  void execution_ended(const Execution& /*execution*/) {}

 private:
  // Slots of open calls: a row, none, or below that a call that was open at the start.
  static constexpr std::int32_t kNoSlot = -1;

  [[gnu::always_inline]] bool wants(const Event& event) const {
    if (!wish_.has_function(value(event.function))) return false;
    return all_in_range_ ||
           is_in_range(ids_.call, event.ts, static_cast<std::int64_t>(state_.calls.size()));
  }
  bool is_in_range(CallId id, Timestamp begun, std::int64_t depth) const {
    return wish_.ids.has(static_cast<std::int64_t>(value(id))) && wish_.begun.has(to_ns(begun)) &&
           wish_.depths.has(depth);
  }
  std::int32_t add(const Event& event) {
    const std::size_t depth = state_.calls.size();
    return static_cast<std::int32_t>(into_->rows.add(
        ids_.call, event.function, key_, event.ts, static_cast<std::uint32_t>(depth),
        depth > 0 ? state_.calls.back().id : CallId{}, shown_));
  }
  void add_ended(const EndedCall& call);
  void carried_ended(std::int32_t slot, const EndedCall& call);
  void set_execution();
  void end_thread();

  const CallWish& wish_;
  const ShownExecutions& executions_;
  const std::vector<std::uint8_t>& self_known_by_file_;
  const TraceSet::File* file_ = nullptr;
  CallsOfChunk* into_ = nullptr;
  bool self_known_ = true;
  bool all_in_range_ = true;
  bool ends_wanted_ = false;  // of this thread
  bool is_wanted_thread_ = false;
  NextIds ids_;
  ThreadKey key_;
  ThreadState state_;
  ExecutionId shown_ = kNoExecution;  // the one that runs
  std::vector<std::int32_t> slots_;   // of state_.calls
};

// Decodes chunks on a thread of its own; gives CallsOfChunk.
class CallWorker final : public ChunkWorker {
 public:
  // As CallVisitor.
  CallWorker(const CallWish& wish, const ShownExecutions& executions,
             const std::vector<std::uint8_t>& self_known)
      : wish_(wish), visitor_(wish, executions, self_known) {}
  std::unique_ptr<ChunkResult> work(const ChunkJob& job) override;

 private:
  const CallWish& wish_;
  CallVisitor visitor_;
  ChunkDecoder decoder_;
};

}  // namespace pgrec

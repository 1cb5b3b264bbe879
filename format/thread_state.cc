#include "format/thread_state.h"

#include <utility>

namespace pgrec {
namespace {

template <typename Id>
Id take(Id& next) {
  return std::exchange(next, Id{value(next) + 1});
}

// The call at `depth` of `state` as it stands, still open.
Call describe(const ThreadKey& thread, const ThreadState& state, std::size_t depth) {
  const OpenCall& open = state.calls[depth];
  Call call;
  call.id = open.id;
  call.function = open.function;
  call.thread = thread;
  call.begun = open.entered;
  call.depth = static_cast<std::uint32_t>(depth);
  if (depth > 0) call.parent = state.calls[depth - 1].id;
  call.execution = open.execution;
  return call;
}

Execution describe(const ThreadKey& thread, const OpenExecution& open) {
  return {open.id, open.text, thread.pid, open.begun, std::nullopt, false};
}

std::optional<ExecutionId> running(const ThreadState& state) {
  if (!state.execution) return std::nullopt;
  return state.execution->id;
}

void end_call(const Event& event, const ThreadKey& thread, ThreadState& state, CallSink* sink) {
  Call call = describe(thread, state, state.calls.size() - 1);
  call.outcome = static_cast<Outcome>(event.kind);
  if (call.outcome == Outcome::kReturned) {
    call.duration = event.ts - call.begun;
    call.self = *call.duration - state.calls.back().children;
  }
  // Of a call without a duration, its caller's self time leaves out what is known of it.
  const Duration known = call.duration.value_or(state.calls.back().children);
  state.calls.pop_back();
  if (!state.calls.empty()) state.calls.back().children += known;
  if (sink) sink->call_ended(call);
}

void headless_call(const Event& event, const ThreadKey& thread, const ThreadState& state,
                   NextIds& ids, CallSink* sink) {
  Call call;
  call.id = take(ids.call);
  call.function = event.function;
  call.thread = thread;
  call.begun = event.ts;
  call.depth = static_cast<std::uint32_t>(state.calls.size());
  if (!state.calls.empty()) call.parent = state.calls.back().id;
  call.execution = running(state);
  call.outcome = Outcome::kHeadless;
  if (sink) sink->call_ended(call);
}

void end_execution(const Event& event, const ThreadKey& thread, ThreadState& state,
                   CallSink* sink) {
  Execution execution = describe(thread, *state.execution);
  execution.end_lost = event.kind == EventKind::kExecutionLost;
  if (!execution.end_lost) execution.duration = event.ts - execution.begun;
  state.execution.reset();
  if (sink) sink->execution_ended(execution);
}

}  // namespace

bool replay(const Event& event, const ThreadKey& thread, ThreadState& state, NextIds& ids,
            CallSink* sink) {
  switch (event.kind) {
    case EventKind::kEnter:
      state.calls.push_back(
          {take(ids.call), event.function, event.ts, Duration::zero(), running(state)});
      return true;
    case EventKind::kReturned:
    case EventKind::kUnwound:
    case EventKind::kDepthLimit:
    case EventKind::kExitLost:
      if (state.calls.empty()) return false;
      end_call(event, thread, state, sink);
      return true;
    case EventKind::kHeadless:
      headless_call(event, thread, state, ids, sink);
      return true;
    case EventKind::kExecutionBegin:
      if (state.execution) end_execution(event, thread, state, sink);
      state.execution = OpenExecution{take(ids.execution), event.text, event.ts};
      return true;
    case EventKind::kExecutionEnd:
    case EventKind::kExecutionLost:
      if (!state.execution) return false;
      end_execution(event, thread, state, sink);
      return true;
  }
  return false;
}

void report_open(const ThreadKey& thread, const ThreadState& state, CallSink& sink,
                 std::size_t first_depth) {
  for (std::size_t depth = first_depth; depth < state.calls.size(); ++depth) {
    sink.call_ended(describe(thread, state, depth));
  }
  if (state.execution) sink.execution_ended(describe(thread, *state.execution));
}

}  // namespace pgrec

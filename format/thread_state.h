// What a thread has open at a moment: its call stack and its running execution. The writer keeps
// one per thread, so that every chunk can begin with the calls that were open and decode alone. A
// reader replays a chunk's events over it to get the calls back. One replay serves both.
#pragma once

#include <algorithm>
#include <optional>
#include <utility>

#include "format/call_stack.h"
#include "format/event.h"

namespace pgrec {

// An execution that has not ended yet.
struct OpenExecution {
  ExecutionId id{};
  TextId text{};
  Timestamp begun{};
  bool operator==(const OpenExecution&) const = default;
};

struct ThreadState {
  CallStack calls;
  std::optional<OpenExecution> execution;

  bool idle() const { return calls.empty() && !execution; }
  bool operator==(const ThreadState&) const = default;
};

// A call with what became of it.
struct Call {
  CallId id{};
  FunctionId function{};
  ThreadKey thread;
  Timestamp begun{};                 // of a headless call: when it returned
  std::optional<Duration> duration;  // of a returned call
  std::optional<Duration> self;      // the duration without recorded calls inside that returned
  // Of a call that ended without a return, the most that these can have been: it was over when the
  // next event of its thread showed that. None where it is not known when that was.
  std::optional<Duration> at_most, self_at_most;
  std::uint32_t depth = 0;  // 0: no recorded call around it
  std::optional<CallId> parent;
  std::optional<ExecutionId> execution;
  Outcome outcome = Outcome::kOpen;
};

struct Execution {
  ExecutionId id{};
  TextId text{};
  std::uint32_t pid = 0;
  Timestamp begun{};
  std::optional<Duration> duration;  // none while it runs
  bool end_lost = false;             // its end is among the lost events, or in damaged bytes
};

// The ids that the next call and the next execution get.
struct NextIds {
  CallId call{};
  ExecutionId execution{};
  bool operator==(const NextIds&) const = default;
};

// A replay hands what ends to a sink. A sink has two functions: execution_ended(Execution), and
// call_ended(), which takes an EndedCall where a call ends and a Call where one is headless. One
// that takes a Call takes both. This sink wants nothing.
struct NoSink {
  template <typename Ended>
  void call_ended(const Ended& /*call*/) {}
  void execution_ended(const Execution& /*execution*/) {}
};

// The call at `depth` of `state` as it stands, still open.
inline Call open_call(const ThreadKey& thread, const ThreadState& state, std::size_t depth) {
  const OpenCall& open = state.calls[depth];
  Call call;
  call.id = open.id;
  call.function = open.function;
  call.thread = thread;
  call.begun = open.entered;
  call.depth = static_cast<std::uint32_t>(depth);
  if (depth > 0) call.parent = state.calls[depth - 1].id;
  if (open.execution != kNoExecution) call.execution = open.execution;
  return call;
}

inline Execution open_execution(const ThreadKey& thread, const OpenExecution& open) {
  return {open.id, open.text, thread.pid, open.begun, std::nullopt, false};
}

namespace replay_detail {

template <typename Id>
Id take(Id& next) {
  return std::exchange(next, Id{value(next) + 1});
}

inline std::optional<ExecutionId> running(const ThreadState& state) {
  if (!state.execution) return std::nullopt;
  return state.execution->id;
}

}  // namespace replay_detail

// The innermost open call of a thread at the moment it ends: a view that replay() hands to a sink,
// valid during that function only. It converts to a Call; most sinks need a field or two of each of
// millions.
class EndedCall {
 public:
  EndedCall(const ThreadKey& thread, const ThreadState& state, Outcome outcome, Timestamp at)
      : thread_(thread), state_(state), outcome_(outcome), at_(at) {}

  const OpenCall& opened() const { return state_.calls.back(); }
  const ThreadKey& thread() const { return thread_; }
  Outcome outcome() const { return outcome_; }
  bool returned() const { return outcome_ == Outcome::kReturned; }
  std::uint32_t depth() const { return static_cast<std::uint32_t>(state_.calls.size() - 1); }
  // Of a returned call; of any other, the most that they can have been.
  Duration duration() const { return at_ - opened().entered; }
  Duration self() const { return duration() - opened().children; }

  operator Call() const {
    Call call = open_call(thread_, state_, state_.calls.size() - 1);
    call.outcome = outcome_;
    if (returned()) {
      call.duration = duration();
      call.self = self();
    } else {
      call.at_most = duration();
      call.self_at_most = std::max(self(), Duration{});  // below 0 only in a forged trace
    }
    return call;
  }

 private:
  const ThreadKey& thread_;
  const ThreadState& state_;
  Outcome outcome_;
  Timestamp at_;
};

namespace replay_detail {

template <typename Sink>
[[gnu::always_inline]] inline bool end_call(const Event& event, const ThreadKey& thread,
                                            ThreadState& state, Sink& sink) {
  const EndedCall ended(thread, state, static_cast<Outcome>(event.kind), event.ts);
  // Of a call without a duration, its caller's self time leaves out what is known of it.
  const Duration children = state.calls.back().children;
  const Duration known = ended.returned() ? ended.duration() : children;
  if (known < children) return false;
  sink.call_ended(ended);
  state.calls.pop_back();
  if (!state.calls.empty()) state.calls.back().children += known;
  return true;
}

template <typename Sink>
[[gnu::noinline]] void headless_call(Event event, const ThreadKey& thread, const ThreadState& state,
                                     NextIds& ids, Sink& sink) {
  Call call;
  call.id = take(ids.call);
  call.function = event.function;
  call.thread = thread;
  call.begun = event.ts;
  call.depth = static_cast<std::uint32_t>(state.calls.size());
  if (!state.calls.empty()) call.parent = state.calls.back().id;
  call.execution = running(state);
  call.outcome = Outcome::kHeadless;
  sink.call_ended(call);
}

template <typename Sink>
[[gnu::noinline]] void end_execution(Event event, const ThreadKey& thread, ThreadState& state,
                                     Sink& sink) {
  Execution execution = open_execution(thread, *state.execution);
  execution.end_lost = event.kind == EventKind::kExecutionLost;
  if (!execution.end_lost) execution.duration = event.ts - execution.begun;
  state.execution.reset();
  sink.execution_ended(execution);
}

}  // namespace replay_detail

// Applies one event to `state`. A begin ends an execution that still runs; calls keep the execution
// they began in. Returns false, and changes nothing, when the event ends a call or an execution and
// none is open, or a call that had more time inside it than it took.
template <typename Sink>
[[gnu::always_inline]] inline bool replay(const Event& event, const ThreadKey& thread,
                                          ThreadState& state, NextIds& ids, Sink& sink) {
  using namespace replay_detail;
  switch (event.kind) {
    case EventKind::kEnter: {
      OpenCall& call = state.calls.push();
      call.id = take(ids.call);
      call.function = event.function;
      call.entered = event.ts;
      if (state.execution) call.execution = state.execution->id;
      return true;
    }
    case EventKind::kReturned:
    case EventKind::kUnwound:
    case EventKind::kDepthLimit:
    case EventKind::kExitLost:
      return !state.calls.empty() && end_call(event, thread, state, sink);
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
    case EventKind::kOfClass:
      return true;
  }
  return false;
}

// Hands to `sink` what `state` still has open at the end of a trace: its calls from depth
// `first_depth` on, each as a Call, and its execution.
template <typename Sink>
void report_open(const ThreadKey& thread, const ThreadState& state, Sink& sink,
                 std::size_t first_depth = 0) {
  for (std::size_t depth = first_depth; depth < state.calls.size(); ++depth) {
    sink.call_ended(open_call(thread, state, depth));
  }
  if (state.execution) sink.execution_ended(open_execution(thread, *state.execution));
}

}  // namespace pgrec

// What a thread has open at a moment: its call stack and its running execution. The writer keeps
// one per thread, so that every chunk can begin with the calls that were open and decode alone; a
// reader replays a chunk's events over it to get the calls back. One replay serves both.
#pragma once

#include <optional>
#include <vector>

#include "format/event.h"

namespace pgrec {

// A call that has not ended yet.
struct OpenCall {
  CallId id{};
  FunctionId function{};
  Timestamp entered{};
  Duration children{};  // spent so far in recorded calls inside it that returned, nested ones once
  std::optional<ExecutionId> execution;
  bool operator==(const OpenCall&) const = default;
};

// An execution that has not ended yet.
struct OpenExecution {
  ExecutionId id{};
  TextId text{};
  Timestamp begun{};
  bool operator==(const OpenExecution&) const = default;
};

struct ThreadState {
  std::vector<OpenCall> calls;  // outermost first
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
  std::uint32_t depth = 0;           // 0: no recorded call around it
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

// Receives what a replay brings to light.
class CallSink {
 public:
  virtual ~CallSink() = default;
  virtual void call_ended(const Call& call) = 0;
  virtual void execution_ended(const Execution& execution) = 0;
};

// The ids that the next call and the next execution get.
struct NextIds {
  CallId call{};
  ExecutionId execution{};
};

// Applies one event to `state`. A begin ends an execution that still runs; calls keep the execution
// they began in. Returns false, and changes nothing, when the event ends a call or an execution and
// none is open. `sink` may be null.
bool replay(const Event& event, const ThreadKey& thread, ThreadState& state, NextIds& ids,
            CallSink* sink);

// Reports what `state` still has open, as it stands at the end of a trace: its calls from depth
// `first_depth` on, and its execution.
void report_open(const ThreadKey& thread, const ThreadState& state, CallSink& sink,
                 std::size_t first_depth = 0);

}  // namespace pgrec

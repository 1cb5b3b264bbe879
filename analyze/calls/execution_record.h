// What a pass over the chunks of a set gives of executions, of idle times between them, and of
// errors. All times and ids are the set's, texts are those of the file.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "analyze/calls/execution_facts.h"
#include "analyze/trace/trace_set.h"
#include "format/thread_state.h"

namespace pgrec {

// The calls of one function in one execution.
struct FunctionSum {
  FunctionId function{};
  std::uint64_t calls = 0;
  Duration total{}, self{};  // of those that returned
  // Of those that ended without a return: the most that these can have been; and the share of the
  // latter that is in no such call inside.
  Duration at_most{}, self_at_most{}, own_at_most{};
  bool operator==(const FunctionSum&) const = default;

  void add(const FunctionSum& other) {
    calls += other.calls;
    total = add_capped(total, other.total);
    self = add_capped(self, other.self);
    at_most = add_capped(at_most, other.at_most);
    self_at_most = add_capped(self_at_most, other.self_at_most);
    own_at_most = add_capped(own_at_most, other.own_at_most);
  }
};

// An execution, a preparation or a worker's run, as `facts` says.
struct ExecutionRecord {
  const TraceSet::File* file = nullptr;  // in which it began
  ExecutionId id{};
  ThreadKey thread;
  Timestamp begun{};
  std::optional<Duration> duration;  // none while it runs
  bool end_lost = false;
  TextId text{};
  ExecutionFacts facts;
  std::span<const FunctionSum> functions;  // where they were asked for; valid during the call

  TextId own_text() const { return facts.text.value_or(text); }
};

// "completed", "error", "suspended", "not-run", "ended", "open", "exit-lost".
const char* outcome_of(const ExecutionRecord& execution);

// From when it ran to when it said how it ended.
std::optional<std::int64_t> run_ns(const ExecutionRecord& execution);

// The process that ran it; null where the trace does not say.
const ProcessLives::Life* process_of(const ExecutionRecord& execution);

// For which application and as whom it ran.
Session session_of(const ExecutionRecord& execution);

// A time in which a thread was idle in a transaction.
struct IdleRecord {
  const TraceSet::File* file = nullptr;
  ThreadKey thread;
  Timestamp from{};
  std::optional<Timestamp> to;  // none: it still was when recording stopped
  ExecutionFactReader::IdleFacts facts;
  std::optional<ExecutionId> execution;  // that ran before
};

struct ErrorRecord {
  const TraceSet::File* file = nullptr;
  ThreadKey thread;
  Timestamp at{};
  std::string severity, sqlstate, message;  // empty: not known
  std::optional<ExecutionId> execution;     // that ran
};

}  // namespace pgrec

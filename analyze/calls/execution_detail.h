// One execution in order of time: its calls, the events of classes in it, and those of its parallel
// workers. Reads only the chunks in which it ran.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyze/calls/chunk_pass.h"
#include "analyze/calls/execution_record.h"
#include "format/table/tables.h"

namespace pgrec {

// A call, or an event of a class.
struct DetailItem {
  static constexpr std::uint32_t kNone = UINT32_MAX;

  enum class Kind : std::uint8_t { kCall, kEvent } kind = Kind::kCall;
  Outcome outcome = Outcome::kOpen;  // of a call
  std::uint32_t depth = 0;           // 0: no call of the execution around it
  std::uint32_t parent = kNone;      // place among the items of its thread
  FunctionId function{};             // of a call
  std::uint32_t event = kNone;       // of an event: its place in DetailThread::events
  CallId id{};                       // of a call
  Timestamp begun{};
  std::optional<Duration> duration, self;  // of a call that returned
  std::optional<Duration> at_most;         // as Call::at_most

  // When it was over, or what is known of that: of one that is open, and of an event, `begun`.
  Timestamp over() const { return begun + duration.value_or(at_most.value_or(Duration{})); }
};

struct DetailEvent {
  const EventClass* described = nullptr;  // of its file; null: the trace does not describe it
  ClassId event_class{};
  ArgumentValues arguments;
};

// The leader, or one of its workers.
struct DetailThread {
  ExecutionRecord run;            // itself, or the worker's; `functions` is empty
  Timestamp over{};               // when it ended; as far as is known, where it does not say
  std::vector<DetailItem> items;  // in order of time, callers before what they call
  std::vector<DetailEvent> events;
  std::uint64_t left_out = 0;  // calls and events that had no room
};

struct ExecutionDetail {
  std::vector<DetailThread> threads;  // its own first, then those of workers as they began
  // Of a worker's run: the execution that it is a part of, where that is known.
  std::optional<ExecutionId> of;

  const ExecutionRecord& execution() const { return threads.front().run; }
  Timestamp over() const;  // of all
  std::uint64_t left_out() const;
};

// Items of an execution that are held, of all its threads together.
constexpr std::uint64_t kMostItems = 1'000'000;

// The execution, preparation or worker's run with this id, in the ids of the set; the id of a later
// part stands for the execution that goes on there. Throws Error, which says the ids there are,
// where there is none, or none can be read. Damage on the way is added to that of the file; the
// calls in it are missing, those around it have lost their exits.
ExecutionDetail execution_detail(TraceSet& set, ExecutionId id, const PassOptions& options,
                                 std::uint64_t most_items = kMostItems);

}  // namespace pgrec

// What a trace holds of a thread's time: calls entered and ended, executions begun and ended. The
// recorder has already paired enters with exits (it alone sees the stack pointers), so an event
// that ends a call says only what became of the innermost open call of its thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "format/clock.h"

namespace pgrec {

enum class FunctionId : std::uint32_t {};   // index into the trace's function table
enum class TextId : std::uint32_t {};       // id in the trace's dictionary of query texts
enum class ClassId : std::uint32_t {};      // of a class of events that the trace describes
enum class CallId : std::uint64_t {};       // dense from 0, in the order of the file
enum class ExecutionId : std::uint64_t {};  // dense from 0, in the order of the file

template <typename Id>
constexpr auto value(Id id) {
  return static_cast<std::underlying_type_t<Id>>(id);
}

// Values are part of the file format (docs/format.md, "Tokens"); never renumber.
enum class EventKind : std::uint8_t {
  kEnter = 0,       // a call of `function` began
  kReturned = 1,    // the innermost open call returned
  kUnwound = 2,     // the innermost open call was abandoned: an ERROR jumped past it
  kDepthLimit = 3,  // the innermost open call ended unseen: the kernel kept no return probe for it
  kExitLost = 4,    // the innermost open call ended unseen: its exit is among the lost events
  kHeadless = 5,    // a call of `function` returned whose enter was not recorded
  kExecutionBegin = 6,  // the process began to run `text`
  kExecutionEnd = 7,    // the process finished the running execution
  kExecutionLost = 8,   // the running execution may have ended: reports of activity were lost
  kOfClass = 9,         // an event of `event_class`, with its arguments
};
constexpr unsigned kEventKinds = 10;

// Whether it ends the innermost open call.
constexpr bool ends_call(EventKind kind) {
  return kind >= EventKind::kReturned && kind <= EventKind::kExitLost;
}
// Whether a probe of a call fired for it; the rest the recorder concluded.
constexpr bool fired(EventKind kind) {
  return kind == EventKind::kEnter || kind == EventKind::kReturned || kind == EventKind::kHeadless;
}

// The word for it in a dump: "enter", "returned", "execution-begin", …
std::string_view name(EventKind kind);

struct Event {
  EventKind kind = EventKind::kEnter;
  FunctionId function{};  // kEnter and kHeadless only
  TextId text{};          // kExecutionBegin only
  Timestamp ts{};
  ClassId event_class{};  // kOfClass only
};

// What became of a call. Values are those of the EventKind that ends it; kOpen ends nothing.
enum class Outcome : std::uint8_t {
  kOpen = 0,
  kReturned = 1,
  kUnwound = 2,
  kDepthLimit = 3,
  kExitLost = 4,
  kHeadless = 5,
};
constexpr unsigned kOutcomes = 6;

// The word for it in every report and in SQL: "returned", "unwound", "depth-limit", "exit-lost",
// "headless", "open".
std::string_view name(Outcome outcome);

// A thread of a recorded process. In PostgreSQL pid and tid are the same.
struct ThreadKey {
  std::uint32_t pid = 0;
  std::uint32_t tid = 0;
  bool operator==(const ThreadKey&) const = default;
  auto operator<=>(const ThreadKey&) const = default;
};

}  // namespace pgrec

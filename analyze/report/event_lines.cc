#include "analyze/report/event_lines.h"

#include <fmt/compile.h>

#include <algorithm>
#include <queue>

#include "analyze/calls/event_arguments.h"
#include "format/print/json_line.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

// A thread of the chunk on its way through its events.
class EventCursor {
 public:
  EventCursor(const ChunkThread& thread, const NextIds& ids)
      : thread_(thread), state_(thread.opening), ids_(ids) {}

  bool done() const { return at_ == thread_.events.size(); }
  const Event& event() const { return thread_.events[at_]; }
  const ThreadKey& key() const { return thread_.key; }

  // Applies the event. What it began or ended can then be asked for.
  void advance() {
    call_.reset();
    execution_.reset();
    arguments_ = nullptr;
    const Event& now = event();
    replay(now, thread_.key, state_, ids_, *this);
    if (now.kind == EventKind::kEnter) {
      call_ = open_call(thread_.key, state_, state_.calls.size() - 1);
    } else if (now.kind == EventKind::kExecutionBegin) {
      execution_ = open_execution(thread_.key, *state_.execution);
    } else if (now.kind == EventKind::kOfClass) {
      arguments_ = &thread_.arguments[next_arguments_++];
      if (!state_.calls.empty()) call_ = open_call(thread_.key, state_, state_.calls.size() - 1);
      if (state_.execution) execution_ = open_execution(thread_.key, *state_.execution);
    }
    ++at_;
  }
  void call_ended(const Call& call) { call_ = call; }
  void execution_ended(const Execution& execution) { execution_ = execution; }

  const std::optional<Call>& call() const { return call_; }
  const std::optional<Execution>& execution() const { return execution_; }
  const ArgumentValues& arguments() const { return *arguments_; }

 private:
  const ChunkThread& thread_;
  ThreadState state_;
  NextIds ids_;
  std::size_t at_ = 0;
  std::size_t next_arguments_ = 0;
  std::optional<Call> call_;
  std::optional<Execution> execution_;
  const ArgumentValues* arguments_ = nullptr;
};

std::string class_json(const TraceReader& trace, const EventCursor& cursor, const Event& event,
                       JsonLine line) {
  const EventClass* event_class = find_class(trace.classes(), event.event_class);
  line.add("event", "class").add("class", class_name(event_class, event.event_class));
  if (!event_class) return line.text();
  if (event_class->subject == EventClass::Subject::kCall && cursor.call())
    line.add("call_id", value(cursor.call()->id));
  if (event_class->subject == EventClass::Subject::kExecution && cursor.execution())
    line.add("execution_id", value(cursor.execution()->id));
  line.add_raw("arguments", arguments_json(event_class, cursor.arguments()));
  return line.text();
}

std::string json_line(const TraceReader& trace, const EventCursor& cursor, const Event& event) {
  JsonLine line;
  line.add("record", "event").add("ts_ns", to_ns(event.ts));
  line.add("pid", std::uint64_t{cursor.key().pid}).add("tid", std::uint64_t{cursor.key().tid});
  if (event.kind == EventKind::kOfClass) return class_json(trace, cursor, event, line);
  line.add("event", name(event.kind));
  if (event.kind >= EventKind::kExecutionBegin) {
    line.add("execution_id", value(cursor.execution()->id));
    if (event.kind == EventKind::kExecutionBegin)
      line.add("text_id", std::uint64_t{value(event.text)});
    if (cursor.execution()->duration)
      line.add("duration_ns", cursor.execution()->duration->count());
    return line.text();
  }
  const Call& call = *cursor.call();
  line.add("function", trace.function_name(call.function)).add("call_id", value(call.id));
  line.add("depth", std::uint64_t{call.depth});
  if (call.execution) line.add("execution_id", value(*call.execution));
  if (call.duration) {
    line.add("duration_ns", call.duration->count()).add("self_ns", call.self->count());
  }
  return line.text();
}

// Seconds to the nanosecond, the process (and the thread where it is another), then the event, with
// a call as far to the right as it is deep. A trace has millions of these: each is one string that
// grows, and its format is compiled.
std::string text_line(const TraceReader& trace, const EventCursor& cursor, const Event& event) {
  constexpr std::int64_t kSecondNs = 1'000'000'000;
  const ThreadKey& key = cursor.key();
  std::string line;
  const auto end = std::back_inserter(line);
  fmt::format_to(end, FMT_COMPILE("{:5}.{:09} "), to_ns(event.ts) / kSecondNs,
                 to_ns(event.ts) % kSecondNs);
  if (key.tid == key.pid)
    fmt::format_to(end, FMT_COMPILE("{:>7}  "), key.pid);
  else
    fmt::format_to(end, "{:>7}  ", fmt::format("{}/{}", key.pid, key.tid));
  std::optional<Duration> duration;
  if (event.kind == EventKind::kOfClass) {
    const EventClass* event_class = find_class(trace.classes(), event.event_class);
    line += class_name(event_class, event.event_class);
    const std::string arguments = arguments_json(event_class, cursor.arguments());
    if (arguments.size() > 2) line.append(" ").append(arguments, 1, arguments.size() - 2);
  } else if (event.kind >= EventKind::kExecutionBegin) {
    fmt::format_to(end, FMT_COMPILE("{} {}"), name(event.kind), value(cursor.execution()->id));
    if (event.kind == EventKind::kExecutionBegin)
      fmt::format_to(end, FMT_COMPILE(", text {}"), value(event.text));
    duration = cursor.execution()->duration;
  } else {
    const Call& call = *cursor.call();
    line.append(2 * std::min<std::size_t>(call.depth, 40), ' ').append(name(event.kind));
    line.append(" ").append(trace.function_name(call.function));
    duration = call.duration;
  }
  if (duration) line.append(", ").append(duration_text(*duration));
  return line;
}

}  // namespace

std::string class_name(const TraceReader& trace, ClassId id) {
  return class_name(find_class(trace.classes(), id), id);
}

void for_each_event_line(const TraceReader& trace, const Chunk& chunk, const EventFilter& filter,
                         bool json, const std::function<void(const std::string&)>& visit) {
  const auto wanted = [&](const EventCursor& cursor, const Event& event) {
    if ((filter.from && event.ts < *filter.from) || (filter.to && event.ts >= *filter.to))
      return false;
    if (filter.at_least > Duration{} &&
        (event.kind != EventKind::kReturned || *cursor.call()->duration < filter.at_least))
      return false;
    if (filter.functions.empty()) return true;
    return event.kind < EventKind::kExecutionBegin &&
           std::find(filter.functions.begin(), filter.functions.end(), cursor.call()->function) !=
               filter.functions.end();
  };
  std::vector<EventCursor> cursors;
  NextIds ids = chunk.header.ids;
  for (const ChunkThread& thread : chunk.threads) {
    const bool is_wanted = filter.pids.empty() || std::find(filter.pids.begin(), filter.pids.end(),
                                                            thread.key.pid) != filter.pids.end();
    if (is_wanted) cursors.emplace_back(thread, ids);
    for (const Event& event : thread.events) {
      if (event.kind == EventKind::kEnter || event.kind == EventKind::kHeadless)
        ids.call = CallId{value(ids.call) + 1};
      if (event.kind == EventKind::kExecutionBegin)
        ids.execution = ExecutionId{value(ids.execution) + 1};
    }
  }
  const auto later = [&](std::size_t a, std::size_t b) {
    const Timestamp at_a = cursors[a].event().ts;
    const Timestamp at_b = cursors[b].event().ts;
    return at_a != at_b ? at_a > at_b : a > b;
  };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> next(later);
  for (std::size_t i = 0; i < cursors.size(); ++i) {
    if (!cursors[i].done()) next.push(i);
  }
  while (!next.empty()) {
    const std::size_t i = next.top();
    next.pop();
    EventCursor& cursor = cursors[i];
    const Event event = cursor.event();
    cursor.advance();
    if (wanted(cursor, event))
      visit(json ? json_line(trace, cursor, event) : text_line(trace, cursor, event));
    if (!cursor.done()) next.push(i);
  }
}

}  // namespace pgrec

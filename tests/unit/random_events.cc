#include "tests/unit/random_events.h"

#include <algorithm>
#include <array>

#include "tests/unit/collected_calls.h"

namespace pgrec::test {

RandomEvents::RandomEvents(std::uint32_t seed, std::uint32_t threads) : random_(seed) {
  for (std::uint32_t i = 0; i < threads; ++i) {
    threads_.push_back({{100 + i / 2, 100 + i}, from_ns(1000 + 70'000 * i), 0, false});
  }
}

std::uint32_t RandomEvents::below(std::uint32_t limit) {
  return static_cast<std::uint32_t>(random_() % limit);
}

Duration RandomEvents::next_step() {
  static constexpr std::array<std::int64_t, 9> kSteps = {
      0, 1, 255, 256, 0xFEFF, 0xFF00, 0xFF01, 5'000'000, 3'000'000'000'000};
  return Duration(below(4) == 0 ? kSteps[below(kSteps.size())] : below(2000));
}

EventKind RandomEvents::next_kind(const Thread& thread) {
  for (;;) {
    const std::uint32_t draw = below(20);
    const EventKind kind = draw < 7    ? EventKind::kEnter
                           : draw < 13 ? EventKind::kReturned
                                       : static_cast<EventKind>(2 + draw % 7);
    const bool ends_call = kind >= EventKind::kReturned && kind <= EventKind::kExitLost;
    if (ends_call && thread.open_calls == 0) continue;
    if (kind == EventKind::kEnter && thread.open_calls == 30) continue;
    const bool ends_execution =
        kind == EventKind::kExecutionEnd || kind == EventKind::kExecutionLost;
    if (ends_execution && !thread.executing) continue;
    return kind;
  }
}

Event RandomEvents::next_event(Thread& thread) {
  Event event;
  event.kind = next_kind(thread);
  event.ts = thread.now += next_step();
  switch (event.kind) {
    case EventKind::kEnter:
      ++thread.open_calls;
      [[fallthrough]];
    case EventKind::kHeadless:
      event.function = FunctionId{below(8) == 0 ? 65535 - below(3) : below(4)};
      break;
    case EventKind::kExecutionBegin:
      thread.executing = true;
      event.text = TextId{below(5) == 0 ? 0xFFFFFFFF : below(6)};
      break;
    case EventKind::kExecutionEnd:
    case EventKind::kExecutionLost:
      thread.executing = false;
      break;
    default:
      --thread.open_calls;
  }
  return event;
}

std::vector<ThreadEvents> RandomEvents::next(int stretches) {
  std::vector<ThreadEvents> batch;
  for (int i = 0; i < stretches; ++i) {
    Thread& thread = threads_[below(static_cast<std::uint32_t>(threads_.size()))];
    ThreadEvents& stretch = batch.emplace_back();
    stretch.thread = thread.key;
    for (std::uint32_t e = 1 + below(12); e > 0; --e)
      stretch.events.push_back(next_event(thread));
  }
  return batch;
}

std::vector<std::string> Oracle::replay_batch(const std::vector<ThreadEvents>& batch) {
  std::vector<std::string> ended;
  std::map<ThreadKey, std::vector<Event>> by_thread;
  for (const ThreadEvents& stretch : batch) {
    auto& events = by_thread[stretch.thread];
    events.insert(events.end(), stretch.events.begin(), stretch.events.end());
  }
  for (const auto& [thread, events] : by_thread) {
    for (const Event& event : events)
      apply(event, thread, ended);
  }
  std::sort(ended.begin(), ended.end());
  return ended;
}

void Oracle::end_execution(State& state, Timestamp now, std::vector<std::string>& ended) {
  Execution& execution = state.executions.front();
  execution.duration = now - execution.begun;
  ended.push_back(row(execution));
  state.executions.clear();
}

void Oracle::apply(const Event& event, const ThreadKey& thread, std::vector<std::string>& ended) {
  State& state = threads_[thread];
  if (event.kind == EventKind::kExecutionEnd) return end_execution(state, event.ts, ended);
  if (event.kind == EventKind::kExecutionLost) {
    state.executions.front().end_lost = true;
    ended.push_back(row(state.executions.front()));
    state.executions.clear();
    return;
  }
  if (event.kind == EventKind::kExecutionBegin) {
    if (!state.executions.empty()) end_execution(state, event.ts, ended);
    Execution& execution = state.executions.emplace_back();
    execution.id = ExecutionId{executions_++};
    execution.text = event.text;
    execution.pid = thread.pid;
    execution.begun = event.ts;
    return;
  }
  if (event.kind == EventKind::kEnter || event.kind == EventKind::kHeadless) {
    Call call;
    call.id = CallId{calls_++};
    call.function = event.function;
    call.thread = thread;
    call.begun = event.ts;
    call.depth = static_cast<std::uint32_t>(state.calls.size());
    if (!state.calls.empty()) call.parent = state.calls.back().id;
    if (!state.executions.empty()) call.execution = state.executions.front().id;
    if (event.kind == EventKind::kEnter) {
      call.self = Duration::zero();
      state.calls.push_back(call);
    } else {
      call.outcome = Outcome::kHeadless;
      ended.push_back(row(call));
    }
    return;
  }
  Call call = state.calls.back();
  state.calls.pop_back();
  const Duration inside = *call.self;
  call.self.reset();
  call.outcome = event.kind == EventKind::kReturned     ? Outcome::kReturned
                 : event.kind == EventKind::kUnwound    ? Outcome::kUnwound
                 : event.kind == EventKind::kDepthLimit ? Outcome::kDepthLimit
                                                        : Outcome::kExitLost;
  if (call.outcome == Outcome::kReturned) {
    call.duration = event.ts - call.begun;
    call.self = *call.duration - inside;
  }
  // A caller's self time leaves out the durations of returned calls inside it, nested ones once.
  if (!state.calls.empty()) *state.calls.back().self += call.duration.value_or(inside);
  ended.push_back(row(call));
}

std::vector<std::string> Oracle::open() const {
  std::vector<std::string> rows;
  for (const auto& [thread, state] : threads_) {
    for (Call call : state.calls) {
      call.self.reset();
      rows.push_back(row(call));
    }
    for (const Execution& execution : state.executions)
      rows.push_back(row(execution));
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace pgrec::test

#include "tests/unit/random_events.h"

#include <algorithm>
#include <array>

#include "tests/unit/collected_calls.h"

namespace pgrec::test {

const std::vector<EventClass>& random_classes() {
  using Kind = ArgumentType::Kind;
  static const std::vector<EventClass> classes = {
      {ClassId{0}, EventClass::Subject::kThread, "checkpoint", {}},
      {ClassId{7},
       EventClass::Subject::kCall,
       "wait",
       {{"blocks", Kind::kUnsigned, "pages"},
        {"drift", Kind::kSigned, "ns"},
        {"share", Kind::kReal, ""},
        {"lock", Kind::kString, ""},
        {"query", Kind::kText, ""}}}};
  return classes;
}

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

FunctionId RandomEvents::next_function() {
  const std::uint32_t draw = below(12);
  return FunctionId{draw == 0 ? 65535 - below(3) : draw < 3 ? 100 + below(400) : below(4)};
}

EventKind RandomEvents::next_kind(const Thread& thread) {
  for (;;) {
    const std::uint32_t draw = below(20);
    const EventKind kind = draw < 7    ? EventKind::kEnter
                           : draw < 12 ? EventKind::kReturned
                                       : static_cast<EventKind>(2 + draw % 8);
    if (ends_call(kind) && thread.open_calls == 0) continue;
    if (kind == EventKind::kEnter && thread.open_calls == 30) continue;
    const bool ends_execution =
        kind == EventKind::kExecutionEnd || kind == EventKind::kExecutionLost;
    if (ends_execution && !thread.executing) continue;
    return kind;
  }
}

ArgumentValues RandomEvents::next_arguments(ClassId event_class) {
  if (event_class == ClassId{0}) return {};
  const std::uint64_t wide = std::uint64_t{random_()} << below(33);
  return {wide, static_cast<std::int64_t>(~wide), static_cast<double>(wide) / 3,
          std::string(below(9), 'l'), std::uint64_t{below(6)}};
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
      event.function = next_function();
      break;
    case EventKind::kExecutionBegin:
      thread.executing = true;
      event.text = TextId{below(5) == 0 ? 0xFFFFFFFF : below(6)};
      break;
    case EventKind::kExecutionEnd:
    case EventKind::kExecutionLost:
      thread.executing = false;
      break;
    case EventKind::kOfClass:
      event.event_class = ClassId{below(2) * 7};
      break;
    default:
      --thread.open_calls;
  }
  return event;
}

// A thread with nothing open ends, and its place is taken by one with a key that is free.
void RandomEvents::change_process(Thread& thread) {
  if (thread.open_calls > 0 || thread.executing) return;
  const auto count = static_cast<std::uint32_t>(threads_.size());
  const ThreadKey key{100 + below(count), 100 + below(count)};
  const auto has_key = [&](const Thread& other) { return other.key == key; };
  if (std::any_of(threads_.begin(), threads_.end(), has_key)) return;
  times_[thread.key] = thread.now;
  thread.key = key;
  thread.now = std::max(thread.now, times_[key]);
}

std::vector<ThreadEvents> RandomEvents::next(int stretches) {
  std::vector<ThreadEvents> batch;
  for (int i = 0; i < stretches; ++i) {
    Thread& thread = threads_[below(static_cast<std::uint32_t>(threads_.size()))];
    ThreadEvents& stretch = batch.emplace_back();
    change_process(thread);
    stretch.thread = thread.key;
    for (std::uint32_t e = 1 + below(12); e > 0; --e) {
      const Event event = stretch.events.emplace_back(next_event(thread));
      if (event.kind == EventKind::kOfClass)
        stretch.arguments.push_back(next_arguments(event.event_class));
    }
  }
  return batch;
}

Loss RandomEvents::next_loss() {
  static constexpr std::array<const char*, 3> kCauses = {"ring-full", "no-ring", "late"};
  Loss loss;
  loss.from = from_ns(below(1000));
  loss.to = loss.from + Duration(below(1000));
  loss.cause = kCauses[below(kCauses.size())];
  if (below(2) == 0) loss.function = next_function();
  if (below(2) == 0) loss.cpu = below(2) == 0 ? 0 : 0xFFFFFFFD + below(2);
  loss.events = below(3) == 0 ? 0 : below(100'000);
  return loss;
}

std::vector<std::string> Oracle::Ended::rows() const {
  std::vector<std::string> rows;
  for (const Call& call : calls)
    rows.push_back(row(call));
  for (const Execution& execution : executions)
    rows.push_back(row(execution));
  std::sort(rows.begin(), rows.end());
  return rows;
}

Oracle::Ended Oracle::replay(const std::vector<ThreadEvents>& batch) {
  Ended ended;
  std::map<ThreadKey, std::vector<Event>> by_thread;
  for (const ThreadEvents& stretch : batch) {
    auto& events = by_thread[stretch.thread];
    events.insert(events.end(), stretch.events.begin(), stretch.events.end());
  }
  for (const auto& [thread, events] : by_thread) {
    for (const Event& event : events)
      apply(event, thread, ended);
  }
  return ended;
}

void Oracle::end_execution(State& state, Timestamp now, Ended& ended) {
  Execution& execution = state.executions.front();
  execution.duration = now - execution.begun;
  ended.executions.push_back(execution);
  state.executions.clear();
}

void Oracle::apply(const Event& event, const ThreadKey& thread, Ended& ended) {
  if (event.kind == EventKind::kOfClass) return;
  State& state = threads_[thread];
  if (event.kind == EventKind::kExecutionEnd) return end_execution(state, event.ts, ended);
  if (event.kind == EventKind::kExecutionLost) {
    state.executions.front().end_lost = true;
    ended.executions.push_back(state.executions.front());
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
      ended.calls.push_back(call);
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
  ended.calls.push_back(call);
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

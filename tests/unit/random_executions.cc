#include "tests/unit/random_executions.h"

#include <algorithm>

#include "tests/unit/append_event.h"

namespace pgrec::test {
namespace {

constexpr std::size_t kEventsOfChunk = 97;

Event make(EventKind kind, std::int64_t ns, std::uint32_t number) {
  Event event;
  event.kind = kind;
  event.ts = from_ns(ns);
  event.function = FunctionId{number};
  event.text = TextId{number};
  event.event_class = ClassId{number};
  return event;
}

}  // namespace

std::string MadeExecution::statement() const {
  if (text == RandomExecutions::kSelect) return "11";
  return query_id != 0 ? std::to_string(query_id) : text;
}

RandomExecutions::RandomExecutions(std::uint32_t seed, int of_each) : random_(seed) {
  for (const std::uint32_t pid : {100u, 200u, 300u}) {
    std::int64_t now = 1000 + below(5000);
    for (int i = 0; i < of_each; ++i) {
      const bool is_last = i + 1 == of_each;
      now = execution(now, pid, is_last && pid == 300);
    }
    end_ = std::max(end_, now + 1000);
  }
  write();
}

void RandomExecutions::event(EventKind kind, std::int64_t ns, const ThreadKey& thread,
                             std::uint32_t number) {
  events_.push_back({ns, thread, make(kind, ns, number), {}, {}});
}

void RandomExecutions::event(ExecutionClass one, std::int64_t ns, const ThreadKey& thread,
                             ArgumentValues arguments) {
  events_.push_back(
      {ns, thread, make(EventKind::kOfClass, ns, value(id_of(one))), {}, std::move(arguments)});
}

void RandomExecutions::begin(std::int64_t ns, const ThreadKey& thread, const std::string& text) {
  events_.push_back({ns, thread, make(EventKind::kExecutionBegin, ns, 0), text, {}});
}

// Of function 0, with one of function 1 in it.
void RandomExecutions::call(std::int64_t from, std::int64_t to, const ThreadKey& thread,
                            MadeExecution& of) {
  const std::int64_t inside = (to - from) / 3;
  event(EventKind::kEnter, from, thread, 0);
  event(EventKind::kEnter, from + inside, thread, 1);
  event(EventKind::kReturned, from + 2 * inside, thread);
  event(EventKind::kReturned, to, thread);
  MadeCalls& outer = of.calls[0];
  MadeCalls& inner = of.calls[1];
  ++outer.calls;
  ++inner.calls;
  outer.total += to - from;
  outer.self += to - from - inside;
  inner.total += inside;
  inner.self += inside;
}

std::int64_t RandomExecutions::execution(std::int64_t now, std::uint32_t pid, bool is_open) {
  const ThreadKey thread{pid, pid}, worker{pid + 1000, pid + 1000};
  MadeExecution made;
  made.pid = pid;
  made.database = pid == 300 ? "stock" : "shop";
  made.begun = now;
  const std::int64_t which = below(10);
  made.text = which < 5 ? kSelect : which < 8 ? kUpdate : which == 8 ? "BEGIN" : "COMMIT";
  made.said = !is_open && below(8) > 0;
  if (made.said && which < 5) made.query_id = 11;
  if (made.said && which >= 5 && which < 8) made.query_id = 20 + below(3);
  if (made.query_id == 20) made.query_id = 0;
  const std::int64_t took = 2000 + below(1 << (10 + below(12)));
  if (!is_open) made.duration = took;
  begin(now, thread, made.text);
  if (below(3) > 0) call(now + 10, now + 10 + took / 3, thread, made);
  if (which < 8 && below(5) == 0) {
    begin(now + took / 3, worker, made.text);
    event(ExecutionClass::kOfLeader, now + took / 3, worker, {std::uint64_t{pid}});
    call(now + took / 3 + 20, now + took / 3 + 20 + took / 4, worker, made);
    event(EventKind::kExecutionEnd, now + took / 3 + 40 + took / 4, worker);
  }
  if (made.said) {
    made.failed = below(6) == 0;
    made.prepare = below(900);
    made.hit = below(50);
    made.rows = made.failed ? 0 : below(9);
    ArgumentValues arguments{static_cast<std::uint64_t>(made.query_id),
                             static_cast<std::uint64_t>(made.prepare),
                             static_cast<std::uint64_t>(made.hit)};
    for (int i = 0; i < 8; ++i)
      arguments.emplace_back(std::uint64_t{0});
    if (made.failed)
      arguments.emplace_back(std::string("22012"));
    else
      arguments.emplace_back(static_cast<std::uint64_t>(made.rows));
    event(made.failed ? ExecutionClass::kFailed : ExecutionClass::kCompleted, now + took - 5,
          thread, std::move(arguments));
  }
  if (!is_open) event(EventKind::kExecutionEnd, now + took, thread);
  std::int64_t next = now + took + 100 + below(3000);
  if (!is_open && below(3) == 0) {
    made.idle = next - now - took - 3;
    event(ExecutionClass::kIdleInTransaction, now + took + 3, thread, {std::uint64_t{0}});
  }
  all_.push_back(std::move(made));
  return next;
}

void RandomExecutions::write() {
  std::stable_sort(events_.begin(), events_.end(),
                   [](const Made& a, const Made& b) { return a.ns < b.ns; });
  TraceWriter writer = file_.writer();
  writer.write(std::vector<Function>{
      {FunctionId{0}, Function::Role::kCalls, "heap_insert", "/p", "ab", 4096},
      {FunctionId{1}, Function::Role::kCalls, "ReadBuffer", "/p", "ab", 8192}});
  writer.write(execution_classes({true, true, true, true}));
  std::vector<Process> processes;
  for (const std::uint32_t pid : {100u, 200u, 300u}) {
    processes.push_back(
        {pid,
         pid == 300 ? "postgres: dave stock [local] idle" : "postgres: alice shop [local] idle",
         pid == 200 ? "loader" : "",
         from_ns(-5'000'000'000),
         {}});
  }
  writer.write(processes);
  std::size_t in_chunk = 0;
  for (Made& made : events_) {
    if (++in_chunk % kEventsOfChunk == 0) writer.cut();
    if (made.event.kind == EventKind::kOfClass) {
      append(writer, made.thread, made.event, std::move(made.arguments));
      continue;
    }
    if (made.event.kind == EventKind::kExecutionBegin)
      made.event.text = writer.text_id({{}, false, false, made.text});
    writer.append(made.thread, std::span(&made.event, 1));
  }
  writer.close(from_ns(end_));
  events_.clear();
}

}  // namespace pgrec::test

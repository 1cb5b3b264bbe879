// A trace in a temporary directory, made event by event, with functions, classes and processes that
// tests of analysis ask for.
#pragma once

#include <fcntl.h>

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "format/postgres/execution_classes.h"
#include "format/trace/trace_writer.h"
#include "tests/unit/append_event.h"

namespace pgrec::test {

// Classes of USDT probes, behind those of executions.
enum class ProbeClass : std::uint32_t {
  kWaitStart = kFirstOtherClass,  // tranche, mode
  kWaitDone,                      // tranche, mode
  kSortStart,                     // kind
  kSortDone,                      // external
  kSwitch,                        // no arguments
};

class ClassTrace {
 public:
  // Part 0 is no part of a recording.
  explicit ClassTrace(const std::string& path, int part = 0)
      : writer_(File(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), path)) {
    if (part > 0) {
      writer_.write(Metadata{{"host.name", "db1"},
                             {"host.boot_id", "b"},
                             {"record.part", std::to_string(part)},
                             {"record.began_at_ns", "1000000000"},
                             {"recorded.at_ns", std::to_string(1'000'000'000 + 1000 * (part - 1))},
                             {"recorded.monotonic_ns", std::to_string(1000 * (part - 1))}});
    }
    std::vector<Function> functions = {
        {FunctionId{0}, Function::Role::kCalls, "ExecutorRun", "/p", "ab", 4096},
        {FunctionId{1}, Function::Role::kCalls, "heap_insert", "/p", "ab", 4112}};
    for (const EventClass& one : probe_classes())
      functions.push_back({FunctionId{static_cast<std::uint32_t>(functions.size())},
                           Function::Role::kEvents, one.name, "/p", "ab", 0});
    writer_.write(functions);
    std::vector<EventClass> classes = execution_classes({true, true, true, true, true, true});
    for (const EventClass& one : probe_classes())
      classes.push_back(one);
    writer_.write(classes);
  }

  static std::vector<EventClass> probe_classes() {
    using Kind = ArgumentType::Kind;
    const ArgumentType tranche{"tranche", Kind::kString, ""}, mode{"mode", Kind::kSigned, ""};
    const auto one = [](ProbeClass id, std::string name, std::vector<ArgumentType> arguments) {
      return EventClass{ClassId{static_cast<std::uint32_t>(id)}, EventClass::Subject::kThread,
                        std::move(name), std::move(arguments)};
    };
    return {one(ProbeClass::kWaitStart, "usdt:lwlock__wait__start", {tranche, mode}),
            one(ProbeClass::kWaitDone, "usdt:lwlock__wait__done", {tranche, mode}),
            one(ProbeClass::kSortStart, "usdt:sort__start", {{"kind", Kind::kSigned, ""}}),
            one(ProbeClass::kSortDone, "usdt:sort__done", {{"external", Kind::kSigned, ""}}),
            one(ProbeClass::kSwitch, "usdt:wal__switch", {})};
  }

  TraceWriter& writer() { return writer_; }
  // What follows is of this process.
  void of(std::uint32_t pid) { thread_ = {pid, pid}; }

  void event(EventKind kind, std::int64_t ns, std::uint32_t number = 0) {
    Event one;
    one.kind = kind;
    one.ts = from_ns(ns);
    one.function = FunctionId{number};
    one.text = TextId{number};
    writer_.append(thread_, std::span(&one, 1));
  }
  void begin(const std::string& text, std::int64_t ns) {
    event(EventKind::kExecutionBegin, ns, value(writer_.text_id({{}, false, false, text})));
  }
  void end(std::int64_t ns) { event(EventKind::kExecutionEnd, ns); }
  void enter(std::int64_t ns, std::uint32_t function) { event(EventKind::kEnter, ns, function); }
  void leave(std::int64_t ns) { event(EventKind::kReturned, ns); }
  void call(std::int64_t from, std::int64_t to, std::uint32_t function = 1) {
    enter(from, function);
    leave(to);
  }
  void hit(ClassId event_class, std::int64_t ns, ArgumentValues arguments) {
    Event one;
    one.kind = EventKind::kOfClass;
    one.ts = from_ns(ns);
    one.event_class = event_class;
    append(writer_, thread_, one, std::move(arguments));
  }
  void hit(ProbeClass event_class, std::int64_t ns, ArgumentValues arguments = {}) {
    hit(ClassId{static_cast<std::uint32_t>(event_class)}, ns, std::move(arguments));
  }
  void wait(ProbeClass which, std::int64_t ns, const std::string& tranche, std::int64_t mode = 0) {
    hit(which, ns, {tranche, mode});
  }
  void of_leader(std::uint64_t pid, std::int64_t ns) {
    hit(id_of(ExecutionClass::kOfLeader), ns, {pid});
  }
  void cut() { writer_.cut(); }
  void close(std::int64_t ns) { writer_.close(from_ns(ns)); }

 private:
  TraceWriter writer_;
  ThreadKey thread_{7, 7};
};

}  // namespace pgrec::test

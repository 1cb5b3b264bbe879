// One trace of the conformance corpus, in the making.
#pragma once

#include <fcntl.h>

#include <span>
#include <string>
#include <vector>

#include "format/trace/trace_writer.h"

namespace pgrec::conformance {

inline constexpr ThreadKey kBackend{7, 7};

// Where the corpus is made.
inline std::string directory;

inline Event make(EventKind kind, std::int64_t ns, std::uint32_t number = 0) {
  Event event;
  event.kind = kind;
  event.ts = from_ns(ns);
  event.function = FunctionId{number};
  event.text = TextId{number};
  event.event_class = ClassId{number};
  return event;
}

// One trace of the corpus, in the making.
class Trace {
 public:
  explicit Trace(const std::string& name)
      : path_(directory + "/" + name + ".pgt"),
        writer_(File(::open(path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644), path_)) {}

  TraceWriter& writer() { return writer_; }
  void facts() { writer_.write(Metadata{{"host.name", "db1"}}); }
  void functions(std::uint32_t count = 2) {
    static constexpr const char* kNames[] = {"heap_insert", "ReadBufferExtended"};
    std::vector<Function> functions;
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::string name = i < 2 ? kNames[i] : "function_" + std::to_string(i);
      functions.push_back(
          {FunctionId{i}, Function::Role::kCalls, name, "/p", "ab", 4096 + 16ull * i});
    }
    writer_.write(functions);
  }
  void event(EventKind kind, std::int64_t ns, std::uint32_t number = 0,
             ThreadKey thread = kBackend) {
    const Event one = make(kind, ns, number);
    writer_.append(thread, std::span(&one, 1));
  }
  void begin(const std::string& text, std::int64_t ns, ThreadKey thread = kBackend) {
    event(EventKind::kExecutionBegin, ns, value(writer_.text_id({{}, false, false, text})), thread);
  }
  void end(std::int64_t ns, ThreadKey thread = kBackend) {
    event(EventKind::kExecutionEnd, ns, 0, thread);
  }
  void call(std::int64_t from_ns, std::int64_t to_ns, std::uint32_t function = 0,
            ThreadKey thread = kBackend) {
    event(EventKind::kEnter, from_ns, function, thread);
    event(EventKind::kReturned, to_ns, 0, thread);
  }
  void close(std::int64_t ns) { writer_.close(from_ns(ns)); }

 private:
  std::string path_;
  TraceWriter writer_;
};

// Traces that take more to tell than a function (queries.cc, sessions.cc, statements.cc).
void queries();
void sessions();
void statements();

}  // namespace pgrec::conformance

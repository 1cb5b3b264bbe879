// make_executions OUT EXECUTIONS CALLS literal|unknown|alike: a trace of so many executions with so
// many calls each, in four processes, each with what it says when it completes. Their texts:
// another one each, of one statement; the same without fingerprints; or eight in turn. Each calls
// eight of twenty functions.
#include <fcntl.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "format/error.h"
#include "format/postgres/execution_classes.h"
#include "format/postgres/roles_of_classes.h"
#include "format/postgres/statement_fingerprint.h"
#include "format/trace/trace_writer.h"

namespace {

using namespace pgrec;

constexpr std::uint32_t kFunctions = 20;
constexpr std::uint32_t kChunkEvents = 128 * 1024;

Text text_of(const std::string& kind, std::uint64_t number) {
  Text text;
  if (kind == "alike") {
    text.text = "SELECT c" + std::to_string(number % 8) + " FROM t WHERE id = $1";
  } else {
    text.text = "UPDATE accounts SET balance = 0 WHERE id = " + std::to_string(number);
  }
  if (kind != "unknown") text.fingerprint = statement_fingerprint(text.text);
  return text;
}

class Maker {
 public:
  explicit Maker(TraceWriter& writer) : writer_(writer) {}

  // One execution of `thread`, which begins where its last one ended.
  void execution(std::uint32_t thread, TextId text, std::uint64_t calls) {
    std::vector<Event> events;
    const auto add = [&](EventKind kind, std::int64_t after) {
      Event& event = events.emplace_back();
      event.kind = kind;
      event.ts = now_[thread] += Duration(after);
      return &event;
    };
    add(EventKind::kExecutionBegin, 2000 + below(3000))->text = text;
    for (std::uint64_t i = 0; i < calls; ++i) {
      add(EventKind::kEnter, 300 + below(500))->function =
          FunctionId{(value(text) % 8 * 3 + below(8)) % kFunctions};
      add(EventKind::kReturned, 200 + below(2000));
    }
    Event* completed = add(EventKind::kOfClass, 500);
    completed->event_class = id_of(ExecutionClass::kCompleted);
    std::vector<ArgumentValues> arguments(1);
    arguments[0] = {std::uint64_t{1} << 60 | value(text) % 8, std::uint64_t{1000 + below(9000)}};
    for (int counter = 0; counter < 10; ++counter)
      arguments[0].emplace_back(std::uint64_t{below(20)});
    add(EventKind::kExecutionEnd, 100);
    writer_.append({100 + thread, 100 + thread}, events, arguments);
    if (writer_.pending_events() >= kChunkEvents) writer_.cut();
  }
  Timestamp last() const { return *std::max_element(now_.begin(), now_.end()); }

  static constexpr std::uint32_t kThreads = 4;

 private:
  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(random_() % limit); }

  TraceWriter& writer_;
  std::mt19937 random_{1};
  std::array<Timestamp, kThreads> now_{};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "make_executions OUT EXECUTIONS CALLS literal|unknown|alike\n");
    return 2;
  }
  try {
    TraceWriter writer(
        File(::open(argv[1], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), argv[1]));
    const std::vector<EventClass> classes = execution_classes({true, true, true, true});
    writer.write(classes);
    writer.sum_statements(execution_roles(classes));
    Maker maker(writer);
    const std::uint64_t executions = std::strtoull(argv[2], nullptr, 10);
    const std::uint64_t calls = std::strtoull(argv[3], nullptr, 10);
    for (std::uint64_t i = 0; i < executions; ++i)
      maker.execution(i % Maker::kThreads, writer.text_id(text_of(argv[4], i)), calls);
    writer.close(maker.last());
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  return 0;
}

// Makes the trace "statements" of the conformance corpus.
#include "format/postgres/execution_classes.h"
#include "format/postgres/roles_of_classes.h"
#include "tests/conformance/trace_in_the_making.h"
#include "tests/unit/append_event.h"

namespace pgrec::conformance {
namespace {

constexpr ThreadKey kAlice{100, 100}, kWorker{300, 300};

// What 1.4 says of statements and of the longest executions. The chunks are too short for their
// summaries to have it (but where there is nothing to say); the total has all.
class StatementsTrace {
 public:
  StatementsTrace() : trace_("statements") {
    const std::vector<EventClass> classes = execution_classes({true, true, true, true});
    trace_.facts();
    trace_.functions();
    trace_.writer().write(classes);
    trace_.writer().sum_statements(execution_roles(classes));
  }
  void write();

 private:
  void add(ExecutionClass one, std::int64_t ns, ArgumentValues arguments,
           const ThreadKey& thread = kAlice) {
    test::append(trace_.writer(), thread, make(EventKind::kOfClass, ns, value(id_of(one))),
                 std::move(arguments));
  }
  static ArgumentValues measured(std::uint64_t query_id, std::uint64_t hit) {
    ArgumentValues arguments = {query_id, std::uint64_t{100}, hit};
    arguments.resize(11, std::uint64_t{0});
    return arguments;
  }
  void begin(std::int64_t ns, const std::string& text, std::uint64_t fingerprint,
             const ThreadKey& thread = kAlice) {
    const TextId id =
        trace_.writer().text_id({{}, false, false, text, false, false, text.size(), fingerprint});
    trace_.event(EventKind::kExecutionBegin, ns, value(id), thread);
  }
  void completed(std::int64_t ns, std::uint64_t query_id, std::uint64_t rows) {
    ArgumentValues arguments = measured(query_id, 7);
    arguments.emplace_back(rows);
    add(ExecutionClass::kCompleted, ns - 50, std::move(arguments));
    trace_.end(ns, kAlice);
  }
  void many();
  void others();

  Trace trace_;
};

// Two texts of one statement, with an error now and then.
void StatementsTrace::many() {
  for (std::int64_t i = 0; i < 30; ++i) {
    const std::int64_t at = 100'000 * (i + 1);
    begin(at, i % 2 == 0 ? "SELECT 1" : "SELECT 2", 0xAAAA);
    for (std::int64_t call = 0; call < 3; ++call) {
      const std::int64_t from = at + 2000 + 2000 * call;
      trace_.call(from, from + 500 + (i * 7919 + call * 104'729) % 1000,
                  static_cast<std::uint32_t>(call % 2), kAlice);
    }
    if (i % 10 == 9) {
      ArgumentValues arguments = measured(5, 3);
      arguments.emplace_back(std::string("22012"));
      add(ExecutionClass::kFailed, at + 40'000, std::move(arguments));
      trace_.end(at + 40'000, kAlice);
    } else {
      completed(at + 30'000 + i, 5, 1);
    }
  }
}

// One that goes on in another chunk with a call that outlasts it, a preparation, a worker's part,
// one that ends unseen, and a text without a fingerprint.
void StatementsTrace::others() {
  const std::int64_t at = 300'000'000;
  begin(at, "SELECT long", 0xBBBB);
  trace_.call(at + 100, at + 400, 0, kAlice);
  trace_.event(EventKind::kEnter, at + 500, 1, kAlice);
  begin(at + 200, "SELECT long", 0xBBBB, kWorker);
  add(ExecutionClass::kOfLeader, at + 200, {std::uint64_t{kAlice.pid}}, kWorker);
  trace_.call(at + 300, at + 700, 0, kWorker);
  trace_.writer().cut();
  trace_.end(at + 900, kWorker);
  completed(at + 1000, 6, 3);
  trace_.event(EventKind::kReturned, at + 1100, 0, kAlice);
  begin(at + 2000, "INSERT $1", 0xCCCC);
  trace_.call(at + 2100, at + 2200, 0, kAlice);
  add(ExecutionClass::kNotRun, at + 2300, {});
  trace_.end(at + 2300, kAlice);
  begin(at + 3000, "SELECT lost", 0xDDDD);
  trace_.event(EventKind::kExecutionLost, at + 3500, 0, kAlice);
  begin(at + 4000, "?", 0);
  completed(at + 4100, 0, 1);
}

void StatementsTrace::write() {
  trace_.call(100, 300, 1, kWorker);
  trace_.writer().cut();
  many();
  trace_.writer().cut();
  others();
  trace_.close(400'000'000);
}

}  // namespace

void statements() {
  StatementsTrace().write();
}

}  // namespace pgrec::conformance

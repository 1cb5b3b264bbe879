// A trace of a server with two databases, and analyses of it.
#pragma once

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "analyze/calls/call_sums.h"
#include "analyze/calls/execution_pass.h"
#include "analyze/filter/analysis.h"
#include "tests/unit/append_event.h"
#include "tests/unit/trace_file.h"

namespace pgrec::test {

// Which executions or calls are wanted, by id.
using Ids = std::set<std::uint64_t>;

// Times are in milliseconds. The trace begins at 2026-11-21T04:41:33.500Z and takes 1 s.
//
//     execution  pid  at   takes  database  user   statement
//     0          7    100    50   shop      alice  SELECT a FROM orders WHERE id = $1   (query id
//     41) 1 (of 0)   8    120    20   its worker 2          7    200   300   shop      alice UPDATE
//     orders SET a = $1             (query id -42) 3          9    400    10   other     bob SELECT
//     1                            failed
//
// Each makes a call of heap_insert that begins with it and takes 5 ms; 2 makes one of index_insert
// at 450 too, of 20 ms. 9 calls heap_insert at 600 in no execution.
class FilteredTrace : public testing::Test {
 protected:
  static constexpr std::int64_t kBegan = 1'795'236'093'500'000'000;  // 2026-11-21T04:41:33.5Z

  FilteredTrace() { write(); }

  Analysis analysis(const Filters& filters = {}, unsigned threads = 1) const {
    return Analysis({file_.path()}, filters, threads);
  }
  static Ids executions_of(Analysis& analysis) {
    struct Wanted {
      void add(const ExecutionRecord& execution) {
        if (execution.facts.kind == ExecutionFacts::Kind::kRun && selection->wants(execution))
          ids.insert(value(execution.id));
      }
      void merge(const Wanted& other) { ids.insert(other.ids.begin(), other.ids.end()); }
      const ExecutionSelection* selection;
      Ids ids;
    };
    return sum_executions(analysis.set(), {}, Wanted{&analysis.executions(), {}},
                          analysis.options())
        .ids;
  }
  // When the wanted calls begin, in milliseconds.
  static Ids calls_of(Analysis& analysis) {
    struct Wanted {
      void process(const TraceSet::File& /*file*/, const ThreadKey& /*key*/) {}
      void call_begun(FunctionId /*function*/, Timestamp begun, ExecutionId /*execution*/) {
        begins.insert(static_cast<std::uint64_t>(to_ns(begun) / 1'000'000));
      }
      void call_ended(const EndedCall& /*call*/) {}
      void merge(const Wanted& other) { begins.insert(other.begins.begin(), other.begins.end()); }
      void clear() { begins.clear(); }
      Ids begins;
    };
    return sum_calls(analysis.set(), analysis.calls(), Wanted{}, analysis.options()).begins;
  }

  TraceFile file_;

 private:
  static constexpr std::uint32_t kCompleted = 0, kFailed = 1, kOfLeader = 2;

  static Timestamp at(std::int64_t ms) { return from_ns(ms * 1'000'000); }
  void event(EventKind kind, std::int64_t ms, std::uint32_t function = 0, TextId text = {}) {
    const Event one{kind, FunctionId{function}, text, at(ms), {}};
    writer_.append({pid_, pid_}, std::span(&one, 1));
  }
  void tell(std::int64_t ms, std::uint32_t one, ArgumentValues arguments) {
    append(writer_, {pid_, pid_}, {EventKind::kOfClass, {}, {}, at(ms), ClassId{one}},
           std::move(arguments));
  }
  void begin(std::int64_t ms, const std::string& text) {
    event(EventKind::kExecutionBegin, ms, 0, writer_.text_id(Text{{}, false, false, text}));
  }
  void call(std::int64_t from, std::int64_t to, std::uint32_t function = 0) {
    event(EventKind::kEnter, from, function);
    event(EventKind::kReturned, to);
  }
  void write() {
    const auto process = [](std::uint32_t pid, const char* type, const char* database,
                            const char* user) {
      return Process{pid,        "postgres: x", "psql",
                     from_ns(0), std::nullopt,  ProcessWho{type, database, user, "[local]"},
                     user,       user};
    };
    writer_.write(Metadata{{"recorded.at", "2026-11-21T04:41:33Z"}});
    writer_.write(std::vector<ClockSample>{{from_ns(0), kBegan}});
    writer_.write(std::vector<Function>{
        {FunctionId{0}, Function::Role::kCalls, "heap_insert", "/p", "", 1},
        {FunctionId{1}, Function::Role::kCalls, "index_insert", "/p", "", 2},
        {FunctionId{2}, Function::Role::kCalls, "never_called", "/p", "", 3}});
    const auto type = [](const char* name, ArgumentType::Kind kind) {
      return ArgumentType{name, kind, ""};
    };
    using Kind = ArgumentType::Kind;
    writer_.write(std::vector<EventClass>{
        {ClassId{kCompleted}, {}, "execution.completed", {type("query_id", Kind::kUnsigned)}},
        {ClassId{kFailed}, {}, "execution.failed", {type("sqlstate", Kind::kString)}},
        {ClassId{kOfLeader}, {}, "execution.of-leader", {type("leader_pid", Kind::kUnsigned)}}});
    pid_ = 7;
    begin(100, "SELECT a FROM orders WHERE id = 5");
    call(100, 105);
    pid_ = 8;
    begin(120, "SELECT a FROM orders WHERE id = 5");
    tell(120, kOfLeader, {std::uint64_t{7}});
    call(120, 125);
    event(EventKind::kExecutionEnd, 140);
    pid_ = 7;
    tell(150, kCompleted, {std::uint64_t{41}});
    event(EventKind::kExecutionEnd, 150);
    writer_.cut();
    begin(200, "UPDATE orders SET a = 1");
    call(200, 205);
    call(450, 470, 1);
    tell(500, kCompleted, {static_cast<std::uint64_t>(-42)});
    event(EventKind::kExecutionEnd, 500);
    writer_.cut();
    pid_ = 9;
    begin(400, "SELECT  1");
    call(400, 405);
    tell(410, kFailed, {std::string("22012")});
    event(EventKind::kExecutionEnd, 410);
    call(600, 605);
    writer_.cut();
    writer_.write(std::vector<Process>{process(7, "client backend", "shop", "alice"),
                                       process(8, "parallel worker", "shop", "alice"),
                                       process(9, "client backend", "other", "bob")});
    writer_.close(at(1000));
  }

  std::uint32_t pid_ = 7;
  TraceWriter writer_ = file_.writer();
};

}  // namespace pgrec::test

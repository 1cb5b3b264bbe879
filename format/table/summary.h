// The summary of a chunk: what its calls come to, function by function and process by process, so
// that most questions are answered without decoding it. Summaries add up: the total of a trace is
// the sum of its chunks'.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "format/frame/bytes.h"
#include "format/table/log_histogram.h"
#include "format/table/statement_summary.h"
#include "format/table/tables.h"
#include "format/thread_state.h"

namespace pgrec {

// The calls of one function.
struct FunctionSummary {
  std::uint64_t calls = 0;                       // that got their ids here: entered or headless
  std::array<std::uint64_t, kOutcomes> ended{};  // that ended here, by outcome; kOpen: always 0
  // Of those that returned here. min and max are exact; they and self are 0 where none did.
  Duration self{};
  Duration min{};
  Duration max{};
  LogHistogram durations;

  std::uint64_t returned() const { return ended[static_cast<std::size_t>(Outcome::kReturned)]; }
  Duration total() const { return durations.total(); }
  [[gnu::always_inline]] void add(const EndedCall& call) {
    if (call.returned()) self = add_capped(self, call.self());
    add_but_self(call);
  }
  // But for its self time.
  [[gnu::always_inline]] void add_but_self(const EndedCall& call) {
    if (call.returned()) {
      const Duration duration = call.duration();
      if (returned() == 0 || duration < min) min = duration;
      if (duration > max) max = duration;
      durations.add(duration);
    }
    ++ended[static_cast<std::size_t>(call.outcome())];
  }
  void merge(const FunctionSummary& other);
  bool operator==(const FunctionSummary&) const = default;
};

// The calls of one process.
struct ProcessSummary {
  std::uint64_t calls = 0;     // that got their ids here
  std::uint64_t returned = 0;  // here
  Duration total{};            // of those that returned; a call's time is in its caller's too
  Duration self{};             // of those that returned; each nanosecond once
  void add(const StatementFunction& run) {
    calls += run.calls;
    returned += run.returned;
    total = add_capped(total, run.total);
    self = add_capped(self, run.self);
  }
  void merge(const ProcessSummary& other);
  bool operator==(const ProcessSummary&) const = default;
};

// One of the slowest calls that returned.
struct SlowCall {
  Duration duration{};
  Timestamp begun{};
  CallId id{};
  FunctionId function{};
  ThreadKey thread;
  std::optional<ExecutionId> execution;
  bool operator==(const SlowCall&) const = default;
};

struct ExecutionsSummary {
  std::uint64_t begun = 0;  // that began here
  std::uint64_t ended = 0;  // here, with a duration
  std::uint64_t lost = 0;   // ended unseen
  Duration total{};
  bool operator==(const ExecutionsSummary&) const = default;
};

struct Summary {
  static constexpr std::size_t kSlowest = 8;
  static constexpr std::size_t kLongest = 24;

  std::map<FunctionId, FunctionSummary> functions;
  std::map<std::uint32_t, ProcessSummary> processes;  // by pid
  std::vector<SlowCall> slowest;                      // kSlowest at most; the slowest first
  std::map<std::string, std::uint64_t> losses;        // events, by cause
  ExecutionsSummary executions;
  // Events of each class. Not there where it is not known: in traces from before format 1.3.
  std::optional<std::map<ClassId, std::uint64_t>> classes{std::in_place};
  // kLongest at most, as longer() orders them. Neither these nor the statements are there where
  // they are not known: in traces from before format 1.4, where the writer was not told what
  // classes say of executions, and of a chunk of which they would take too much of the file.
  std::optional<std::vector<LongExecution>> longest{std::in_place};
  std::optional<Statements> statements{std::in_place};
  // Whether each execution is in a row of `statements`; true where there are none.
  bool statements_complete = true;

  void forget_statements() {
    statements.reset();
    statements_complete = true;
  }
  void merge(const Summary& other);
  bool operator==(const Summary&) const = default;
};

// Adds up the calls of a chunk as they are replayed; ChunkSums (format/chunk/chunk_sums.h) tells it
// of them. What a run of calls comes to (of one thread, in one execution or in none) is added up by
// itself and to the rest when the run ends: so that it costs a call nothing to be told apart.
class SummaryBuilder {
 public:
  // What follows is of this thread. The run before it has ended.
  void thread(const ThreadKey& key);
  // A call got its id: it was entered, or turned out to be headless.
  [[gnu::always_inline]] void call_begun(FunctionId function) { ++of(function).run.calls; }
  void execution_begun() { ++summary_.executions.begun; }
  void class_event(ClassId event_class) {
    const std::size_t index = value(event_class);
    if (index >= of_class_.size()) of_class_.resize(index + 1);
    ++of_class_[index];
  }

  [[gnu::always_inline]] void call_ended(const EndedCall& call) {
    Calls& calls = of(call.opened().function);
    calls.sums->add_but_self(call);
    if (!call.returned()) return;
    const Duration duration = call.duration();
    ++calls.run.returned;
    calls.run.total = add_capped(calls.run.total, duration);
    calls.run.self = add_capped(calls.run.self, call.self());
    if (duration > slow_from_) add_slow(call);
  }
  // The same of one that is not of the run. Returns the function's number.
  std::uint32_t call_ended_apart(const EndedCall& call);
  // Of a call without a duration.
  void call_ended(const Call& call) {
    ++of(call.function).sums->ended[static_cast<std::size_t>(call.outcome)];
  }
  // Calls visit(number, function, what its calls of the run come to) for each that had some, in the
  // order in which they came, and begins the next run. Numbers count the functions of a chunk, from
  // 0 on as they are met.
  template <typename Visit>
  [[gnu::always_inline]] void end_run(Visit visit) {
    ProcessSummary all;
    for (std::size_t i = 0; i < listed_; ++i) {
      const FunctionId function = list_[i];
      Calls& calls = by_id_[value(function)];
      calls.listed = false;
      if (calls.run.calls + calls.run.returned == 0) continue;
      visit(calls.number, function, static_cast<const StatementFunction&>(calls.run));
      calls.sums->calls += calls.run.calls;
      calls.sums->self = add_capped(calls.sums->self, calls.run.self);
      all.add(calls.run);
      calls.run = {};
    }
    if (listed_ > 0) process_->merge(all);
    listed_ = 0;
  }
  void execution_ended(const Execution& execution);

  void lost(const std::string& cause, std::uint64_t events);
  // The functions of the chunk by their numbers.
  const std::vector<FunctionId>& functions() const { return met_; }

  // The summary, without statements and the longest executions, and begins the next.
  Summary take();

 private:
  struct Calls {
    FunctionSummary* sums = nullptr;  // into summary_.functions
    StatementFunction run;
    std::uint32_t number = 0;
    bool listed = false;
  };
  [[gnu::always_inline]] Calls& of(FunctionId function) {
    const std::size_t index = value(function);
    if (index >= by_id_.size() || !by_id_[index].sums) meet(function);
    Calls& calls = by_id_[index];
    if (!calls.listed) {
      calls.listed = true;
      list_[listed_++] = function;
    }
    return calls;
  }
  void meet(FunctionId function);
  void add_slow(const Call& call);

  Summary summary_;
  std::vector<Calls> by_id_;
  std::vector<FunctionId> met_;   // by their numbers
  std::vector<FunctionId> list_;  // as long as by_id_; of the run, the first `listed_`
  std::size_t listed_ = 0;
  std::vector<std::uint64_t> of_class_;  // events, by class
  ProcessSummary* process_ = nullptr;    // into summary_.processes
  Duration slow_from_{-1};  // what a call has to last longer than to be among the slowest
};

// `most_of_executions`: how many bytes the longest executions and the statements may take; which of
// them takes more than is left is not written.
Bytes encode(const Summary& summary, std::size_t most_of_executions = SIZE_MAX);
// The summary, or nothing when the bytes are not one or pass a bound.
std::optional<Summary> decode_summary(ByteView payload);

}  // namespace pgrec

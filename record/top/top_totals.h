// Adds up what happens, interval by interval, for pgrec top: executions by statement and calls by
// function. Takes a recording's events in place of a trace, by the same replay, and keeps none.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "format/postgres/execution_classes.h"
#include "format/table/summary.h"
#include "format/thread_state.h"
#include "record/kernel/probe_table.h"
#include "record/recording/event_sink.h"
#include "record/top/top_snapshot.h"
#include "record/top/top_statements.h"

namespace pgrec {

class TopTotals final : public EventSink {
 public:
  // Borrows the table.
  explicit TopTotals(const ProbeTable& probes) : probes_(probes), functions_(probes.size()) {}

  // Fills in what happened from the end of the interval before to `at`, and begins the next. All
  // events up to `at` have been appended, and none after it.
  void end_interval(Timestamp at, TopSnapshot& snapshot);

  TextId text_id(const Text& text) override { return statements_.id(text); }
  void append(const ThreadKey& thread, std::span<const Event> events,
              std::span<ArgumentValues> arguments) override;
  std::uint64_t executions() const override { return executions_; }

  // A sink of replay().
  void call_ended(const EndedCall& call) { functions_[value(call.opened().function)].add(call); }
  void call_ended(const Call& call);
  void execution_ended(const Execution& execution);

 private:
  // What is known of the running execution beside its text.
  struct Known {
    bool failed = false;
    bool not_run = false;        // it was only prepared
    bool of_leader = false;      // a parallel worker's part
    std::optional<TextId> text;  // in place of the one it began with
    bool counts() const { return !not_run && !of_leader; }
  };
  struct Thread {
    ThreadState state;
    Known known;
  };
  struct Sums {  // of a statement, in the interval
    std::uint64_t executions = 0;
    std::uint64_t running = 0;
    std::uint64_t errors = 0;
    std::uint64_t timed = 0;  // of the executions, with a duration
    Duration total{}, max{}, in_interval{};
  };

  void learn(ClassId event_class, const ArgumentValues& arguments);
  Duration in_interval(Timestamp begun, Timestamp until) const;
  TopFunction function(std::uint32_t probe) const;
  void forget_statements();

  const ProbeTable& probes_;
  std::map<ThreadKey, Thread> threads_;
  Thread* current_ = nullptr;
  NextIds ids_;
  TopStatements statements_;
  std::unordered_map<std::uint32_t, Sums> sums_;  // by statement
  std::vector<FunctionSummary> functions_;        // of the interval, by probe
  Timestamp interval_begun_{};
  std::uint64_t executions_ = 0;
  bool outcomes_known_ = false;
};

}  // namespace pgrec

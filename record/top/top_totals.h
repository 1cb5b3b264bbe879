// Adds up what happens, interval by interval, for pgrec top: executions by statement and calls by
// function. Takes a recording's events in place of a trace, by the same replay, and keeps none.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "format/postgres/execution_classes.h"
#include "format/table/summary.h"
#include "format/thread_state.h"
#include "format/trace/trace_output.h"
#include "record/recording/recording_output.h"
#include "record/top/statement_table.h"
#include "record/top/top_snapshot.h"

namespace pgrec {

class TopTotals final : public TraceOutput, public RecordingOutput {
 public:
  // `names`: by probe, the activity function's last.
  explicit TopTotals(std::vector<std::string> names)
      : names_(std::move(names)), functions_(names_.size()) {}

  // Fills in what happened from the end of the interval before to `at`, and begins the next. All
  // events up to `at` have been appended, and none after it.
  void end_interval(Timestamp at, TopSnapshot& snapshot);

  TextId text_id(const Text& text) override { return statements_.id(text); }
  void append(const ThreadKey& thread, std::span<const Event> events) override;
  // What the arguments say is not shown.
  void append(const ThreadKey& thread, const Event& event, ArgumentValues arguments) override;
  void append(const ThreadKey& thread, std::span<const Event> events,
              std::vector<ArgumentValues> arguments) override;

  std::uint64_t executions() const override { return executions_; }
  TraceOutput& writer() override { return *this; }
  std::uint64_t lost_events() const override { return lost_events_; }
  void write(const std::vector<Loss>& losses) override;

  // A sink of replay().
  void call_ended(const EndedCall& call) { functions_[value(call.opened().function)].add(call); }
  void call_ended(const Call& call);
  void execution_ended(const Execution& execution);

  // A trace would have these; here nothing comes of them.
  void write(const Metadata& /*metadata*/) override {}
  void write(const std::vector<Function>& /*functions*/) override {}
  void write(const std::vector<EventClass>& /*classes*/) override {}
  void write(const std::vector<Process>& /*processes*/) override {}
  void write(const std::vector<ClockSample>& /*samples*/) override {}
  void write(const std::vector<Account>& /*accounts*/) override {}
  std::uint32_t pending_events() const override { return 0; }
  void cut() override {}
  void close(Timestamp /*end*/) override {}

 private:
  // What is known of the running execution beside its text.
  struct Known {
    bool failed = false;
    bool not_run = false;    // it was only prepared
    bool of_leader = false;  // a parallel worker's part
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

  void learn(ClassId event_class);
  Duration in_interval(Timestamp begun, Timestamp until) const;
  TopFunction function(std::size_t probe) const;
  void forget_statements();

  std::vector<std::string> names_;
  std::map<ThreadKey, Thread> threads_;
  Thread* current_ = nullptr;
  NextIds ids_;
  StatementTable statements_;
  std::unordered_map<std::uint32_t, Sums> sums_;  // by statement
  std::vector<FunctionSummary> functions_;        // of the interval, by probe
  Timestamp interval_begun_{};
  std::uint64_t executions_ = 0;
  std::uint64_t lost_events_ = 0;
  bool outcomes_known_ = false;
};

}  // namespace pgrec

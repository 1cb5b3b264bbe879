// Passes over the executions of a set: every execution, preparation and worker's run once, whole,
// however many chunks and parts it is in; idle times and errors.
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "analyze/calls/chunk_pass.h"
#include "analyze/calls/execution_record.h"
#include "analyze/calls/execution_visitor.h"
#include "analyze/calls/time_range.h"

namespace pgrec {

// Takes what a pass finds. A record is valid during the call.
class ExecutionSink {
 public:
  virtual ~ExecutionSink() = default;
  virtual void execution(const ExecutionRecord& /*execution*/) {}
  virtual void idle(const IdleRecord& /*idle*/) {}
  virtual void error(const ErrorRecord& /*error*/) {}
  // What a chunk has was given.
  virtual void chunk_taken() {}
  // It has what it wants.
  virtual bool is_done() const { return false; }
};

struct ExecutionQuery {
  ExecutionWants wants;
  TimeRange range;  // in which they begin
  std::function<bool(const TraceSet::File&, const ChunkRef&)> chunks =
      {};  // those to read; none: all
  // Also workers' runs that begin behind the range, while executions of the range are open.
  bool later_worker_runs = false;

  bool takes(const ExecutionRecord& execution) const {
    return range.has(execution.begun) || (later_worker_runs && execution.begun >= range.to &&
                                          execution.facts.kind == ExecutionFacts::Kind::kWorkerRun);
  }
};

// Hands each to `sink`, one after the other: in the order in which they end in the files, then
// those still open. Reads only chunks that have something of the range.
void for_each_execution(TraceSet& set, const ExecutionQuery& query, ExecutionSink& sink,
                        const PassOptions& options);

// The same in no order, for sums: each thread has a sink of its own, which make_sink() gives before
// any works; all of them are there when this returns. Faster, as nothing is handed from thread to
// thread but what is in several chunks.
void spread_executions(TraceSet& set, const ExecutionQuery& query,
                       const std::function<ExecutionSink&()>& make_sink,
                       const PassOptions& options);

// Sums up executions: `Sum` has add(const ExecutionRecord&) and merge(const Sum&), and is copied
// from `empty`.
template <typename Sum>
Sum sum_executions(TraceSet& set, const ExecutionQuery& query, const Sum& empty,
                   const PassOptions& options) {
  struct Sink final : ExecutionSink {
    explicit Sink(const Sum& sum) : of_thread(sum) {}
    void execution(const ExecutionRecord& execution) override { of_thread.add(execution); }
    Sum of_thread;
  };
  std::vector<std::unique_ptr<Sink>> sinks;
  spread_executions(
      set, query,
      [&]() -> ExecutionSink& { return *sinks.emplace_back(std::make_unique<Sink>(empty)); },
      options);
  Sum all = std::move(sinks.front()->of_thread);
  for (std::size_t i = 1; i < sinks.size(); ++i)
    all.merge(sinks[i]->of_thread);
  return all;
}

}  // namespace pgrec

// Passes over the events of classes of a set: hits of USDT probes with their arguments, and
// whatever else a trace describes; but for the classes that tell of executions and errors, which
// are in analyze/calls/execution_pass.h.
#pragma once

#include "analyze/calls/chunk_pass.h"
#include "analyze/calls/event_pairs.h"
#include "analyze/calls/selection.h"

namespace pgrec {

// Takes what a pass finds, one after the other. Events are valid during the call; what their
// `entry` points to, during the pass.
class ClassEventSink {
 public:
  virtual ~ClassEventSink() = default;
  // An event that is wanted: each thread's in order of time, chunk by chunk in the order of the
  // files.
  virtual void event(const ClassEvent& /*event*/) {}
  // Something that started and was done (analyze/calls/event_pairs.h), when it was; the start is
  // wanted, and was given before. It took from `start.at` to `end.at`.
  virtual void pair(const ClassEvent& /*start*/, const ClassEvent& /*end*/) {}
  // A start whose end is not in the trace, or is in damage, or further behind the range than is
  // looked for it.
  virtual void unended(const ClassEvent& /*start*/) {}
  // An end whose start is not in the trace, or before the chunks of the range.
  virtual void unstarted(const ClassEvent& /*end*/) {}
  // It has what it wants.
  virtual bool is_done() const { return false; }
};

// Hands the events that `selection` wants to `sink`: in its time, of its pids and executions, and
// of classes whose function it has; those that no function is of where it has all. Where it has a
// least duration, only what started and took so long: its start, and the pair. Behind the range it
// reads on for the ends of what started in it, `kChunksBehind` chunks at most.
void for_each_class_event(TraceSet& set, const CallSelection& selection, ClassEventSink& sink,
                          const PassOptions& options);

constexpr std::uint64_t kChunksBehind = 32;

}  // namespace pgrec

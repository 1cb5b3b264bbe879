// Rebuilds the calls and executions of a trace from its chunks.
#pragma once

#include <concepts>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "format/chunk/arguments.h"
#include "format/thread_state.h"
#include "format/trace/trace_reader.h"

namespace pgrec {

// What was open after one chunk is open at the start of the next, unless chunks between them are
// unreadable. Reports to `sink` what ended there: a call with the outcome exit-lost, an execution
// with none. `after` is none where the thread has nothing open any more.
template <typename Sink>
void report_ended_between(const ThreadKey& thread, ThreadState before, const ThreadState* after,
                          Sink& sink);

// A sink that wants the events of classes too, in their order; `state`: what the thread has open.
// Of a class whose arguments it wants, it takes those of each event, as next() gives them.
template <typename Sink>
concept TakesClassEvents = requires(Sink& sink, const Event& event, const ThreadKey& thread,
                                    const ThreadState& state, ArgumentReader& arguments) {
  sink.class_event(event, thread, state, arguments);
};

// A visitor of a trace's chunks, in the order of the file, that hands their calls and executions to
// a sink such as replay() takes. One for a whole pass.
template <typename Sink>
class CallBuilder {
 public:
  explicit CallBuilder(Sink& sink) requires(!TakesClassEvents<Sink>)
      : CallBuilder(sink, kNoClasses) {}
  // Borrows both; `classes`: those that the trace describes.
  CallBuilder(Sink& sink, const std::vector<EventClass>& classes)
      : sink_(sink), classes_(classes) {}

  void chunk(const ChunkHeader& header, const Columns& columns) {
    end_chunk();
    ids_ = header.ids;
    if constexpr (TakesClassEvents<Sink>) arguments_.emplace(columns, classes_);
  }
  void thread(const ThreadKey& key, ThreadState&& opening) {
    keep_state();
    const auto before = open_.find(key);
    if (before != open_.end()) {
      if (before->second != opening) {
        report_ended_between(key, std::move(before->second), &opening, sink_);
      }
      open_.erase(before);
    }
    key_ = key;
    state_ = std::move(opening);
  }
  [[gnu::always_inline]] bool event(const Event& event) {
    if constexpr (TakesClassEvents<Sink>) {
      if (event.kind == EventKind::kOfClass) sink_.class_event(event, key_, state_, *arguments_);
    }
    return replay(event, key_, state_, ids_, sink_);
  }

  // After the last chunk: reports what is open. `to_the_end`: whether that chunk is surely the
  // trace's last; else what was open may have ended unseen.
  void finish(bool to_the_end) {
    end_chunk();
    for (const auto& [thread, state] : open_) {
      if (to_the_end) {
        report_open(thread, state, sink_);
      } else {
        report_ended_between(thread, state, nullptr, sink_);
      }
    }
    open_.clear();
  }

 private:
  using States = std::map<ThreadKey, ThreadState>;
  static inline const std::vector<EventClass> kNoClasses;

  void keep_state() {
    if (!state_.idle()) now_.insert_or_assign(key_, std::move(state_));
    state_ = {};
  }
  // Threads that the chunk did not list have nothing open any more.
  void end_chunk() {
    keep_state();
    for (auto& [thread, state] : open_)
      report_ended_between(thread, std::move(state), nullptr, sink_);
    open_ = std::exchange(now_, {});
  }

  Sink& sink_;
  const std::vector<EventClass>& classes_;
  std::optional<ArgumentReader> arguments_;  // of this chunk
  NextIds ids_;
  ThreadKey key_;
  ThreadState state_;
  States open_;  // at the end of the chunk before, of threads not met in this one
  States now_;   // at the end of this chunk, of threads met
};

// Reports every call and execution of `trace` to `sink`, once each: those that ended when they end,
// in the order of the file, then those still open. What damage the reading finds is in
// trace.damages() afterwards. Holds what is open.
template <typename Sink>
void build_calls(TraceReader& trace, Sink& sink) {
  CallBuilder<Sink> builder(sink, trace.classes());
  const bool to_the_end = trace.decode_chunks(builder);
  builder.finish(to_the_end);
}

namespace call_builder_detail {

// Passes on what is open as ended unseen.
template <typename Sink>
class LostExits {
 public:
  explicit LostExits(Sink& sink) : sink_(sink) {}
  void call_ended(Call call) {
    call.outcome = Outcome::kExitLost;
    sink_.call_ended(call);
  }
  void execution_ended(Execution execution) {
    execution.end_lost = true;
    sink_.execution_ended(execution);
  }

 private:
  Sink& sink_;
};

}  // namespace call_builder_detail

template <typename Sink>
void report_ended_between(const ThreadKey& thread, ThreadState before, const ThreadState* after,
                          Sink& sink) {
  const ThreadState none;
  if (!after) after = &none;
  std::size_t common = 0;
  while (common < before.calls.size() && common < after->calls.size() &&
         before.calls[common].id == after->calls[common].id) {
    ++common;
  }
  if (before.execution && after->execution && before.execution->id == after->execution->id) {
    before.execution.reset();
  }
  call_builder_detail::LostExits lost(sink);
  report_open(thread, before, lost, common);
}

}  // namespace pgrec

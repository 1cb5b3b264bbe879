#include "analyze/call_builder.h"

#include <map>

namespace pgrec {
namespace {

using States = std::map<ThreadKey, ThreadState>;

// Passes on what is open as ended unseen.
class LostExits : public CallSink {
 public:
  explicit LostExits(CallSink& sink) : sink_(sink) {}
  void call_ended(const Call& call) override {
    Call lost = call;
    lost.outcome = Outcome::kExitLost;
    sink_.call_ended(lost);
  }
  void execution_ended(const Execution& execution) override {
    Execution lost = execution;
    lost.end_lost = true;
    sink_.execution_ended(lost);
  }

 private:
  CallSink& sink_;
};

// What was open after one chunk is open at the start of the next, unless chunks between them are
// unreadable. Reports what ended there.
void report_ended_between(const ThreadKey& thread, ThreadState before, const ThreadState* after,
                          CallSink& sink) {
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
  LostExits lost(sink);
  report_open(thread, before, lost, common);
}

}  // namespace

void build_calls(TraceReader& trace, CallSink& sink) {
  States open;
  const bool to_the_end = trace.for_each_chunk([&](const Chunk& chunk) {
    States now;
    NextIds ids = chunk.header.ids;
    for (const ChunkThread& thread : chunk.threads) {
      const auto before = open.find(thread.key);
      if (before != open.end()) {
        if (before->second != thread.opening) {
          report_ended_between(thread.key, before->second, &thread.opening, sink);
        }
        open.erase(before);
      }
      ThreadState state = thread.opening;
      for (const Event& event : thread.events)
        replay(event, thread.key, state, ids, &sink);
      if (!state.idle()) now.emplace(thread.key, std::move(state));
    }
    for (auto& [thread, state] : open)
      report_ended_between(thread, state, nullptr, sink);
    open = std::move(now);
  });
  for (const auto& [thread, state] : open) {
    if (to_the_end) {
      report_open(thread, state, sink);
    } else {
      report_ended_between(thread, state, nullptr, sink);
    }
  }
}

}  // namespace pgrec

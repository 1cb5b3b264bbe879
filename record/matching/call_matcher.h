// Turns the hits of one thread into the events of a trace: pairs enters with exits. What the server
// reports of its queries goes on to record/matching/execution_matcher.h, after what it shows of the
// calls.
//
// Pairing goes by the stack pointer. At a function's entry SP = x; at its return SP = x + 8. The
// stack grows down, so while a call is open every call inside it enters at a lower SP. It follows:
//   - an exit at SP belongs to the innermost open call of that function that entered at SP - 8;
//   - a call is dead once its thread enters a function, or returns from one, at a higher SP, or
//     enters one at the same SP: its frame is gone, and it did not return. A query hook is an enter
//     too, of a function whose return is not probed. Every open call is dead when its
//     thread ends.
// A function that ends in a jump to another enters both at one SP; the kernel tells (Hit::chained).
// Both return at once, the inner one first; the outer one is dead if the next hit is not its own
// return.
//
// What a dead call's outcome is:
//   - depth-limit, if the kernel kept no return probe for it, which the kernel side tells
//     (Hit::no_return);
//   - exit-lost, if exits of its function were lost since it was entered, or its probes taken off;
//   - unwound otherwise: PostgreSQL's ERROR handling jumped past it (siglongjmp), or its process
//   ended.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "format/event.h"
#include "record/kernel/hit.h"
#include "record/matching/execution_matcher.h"

namespace pgrec {

// What a matcher needs from outside, the same for all threads.
struct MatchContext {
  std::uint64_t begin_ns = 0;  // of the trace, CLOCK_MONOTONIC
  std::uint32_t hooks_probe = 0;
  // By probe, hits that end something and were lost: exits, and of the activity function whatever
  // the query hooks report. Known to have been lost before the earliest of these hits, and by now.
  const std::vector<std::uint64_t>* lost_ends_before = nullptr;
  const std::vector<std::uint64_t>* lost_ends_now = nullptr;
  QueryContext* queries = nullptr;
  // By probe, hits matched so far; of those that were filtered here, none are among the recorded.
  std::vector<std::uint64_t>* recorded = nullptr;
  std::vector<std::uint64_t>* filtered = nullptr;
  // By probe, hits that were the second of one event (see WIRE_ODD).
  std::vector<std::uint64_t>* doubles = nullptr;
  // The activity function's other index, where it is also among the probed functions.
  std::optional<std::uint32_t> activity_function = std::nullopt;
  // The first of the USDT probes, which are those up to the activity function.
  std::uint32_t first_point = 0;
};

class CallMatcher {
 public:
  // Of the thread `thread`.
  explicit CallMatcher(const ThreadKey& thread) : thread_(thread) {}

  // Appends to `out` what `hits`, in order of time, mean.
  void match(std::span<Hit> hits, const MatchContext& context, MatchedEvents& out);

  // The trace ends here: appends what is left to be said, of an execution whose end may be lost.
  void finish(const MatchContext& context, MatchedEvents& out);
  // Another trace begins, where `context.begin_ns` says, after finish() of the one before: appends
  // what the thread begins with there. What ran goes on to run, as an execution of its own. Calls
  // that are open stay so in the old one, and are headless in the new one when they return.
  void begin_part(const MatchContext& context, MatchedEvents& out);

  // The thread is gone and its end was not seen: everything open ends unseen, by `at`.
  void abandon(Timestamp at, MatchedEvents& out);

  // Nothing is open: the thread can be forgotten.
  bool idle() const { return frames_.empty() && execution_.idle(); }

 private:
  struct Frame {
    std::uint64_t sp;
    std::uint32_t probe;
    bool has_return_probe;
    std::uint64_t lost_exits;  // of the probe, before the enter
  };
  void match(Hit& hit, const MatchContext& context);
  // Whether two sets of probes made this hit and the one before of the same event.
  bool is_double(const Hit& hit);
  void enter(const Hit& hit, const MatchContext& context);
  void exit(const Hit& hit, const MatchContext& context);
  void point(const Hit& hit, const MatchContext& context);
  // Ends what a report of activity shows to be dead.
  void bury_before(const Hit& report, const MatchContext& context);
  void thread_ended(const Hit& end, const MatchContext& context);
  // Ends the calls that share the SP of a return that just was; their own did not follow at once.
  void bury_sharers(const MatchContext& context);
  // Ends the innermost call, which did not return.
  void bury(const MatchContext& context);
  void emit(EventKind kind, std::uint32_t probe = 0) {
    out_->events.push_back({kind, FunctionId{probe}, TextId{}, now_});
  }

  std::vector<Frame> frames_;  // open calls, outermost first
  // A call returned here, and the innermost open one has the same SP: it returns at once or never.
  std::optional<std::uint64_t> shared_sp_;
  struct Seen {
    std::uint64_t sp = 0;
    std::uint32_t probe = 0;
    wire_kind kind = WIRE_KINDS;
    bool odd = false;
  };
  Seen last_;  // hit that was not a double
  ThreadKey thread_;
  ExecutionMatcher execution_;
  Timestamp now_{};
  MatchedEvents* out_ = nullptr;
};

}  // namespace pgrec

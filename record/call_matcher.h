// Turns the hits of one thread into the events of a trace: pairs enters with exits, and the
// server's reports of activity into executions.
//
// Pairing goes by the stack pointer. At a function's entry SP = x; at its return SP = x + 8. The
// stack grows down, so while a call is open every call inside it enters at a lower SP. It follows:
//   - an exit at SP belongs to the innermost open call of that function that entered at SP - 8;
//   - a call is dead once its thread enters a function, or returns from one, at a higher SP, or
//     enters one at the same SP: its frame is gone, and it did not return. A report of activity is
//     an enter too, of a function whose return is not probed. Every open call is dead when its
//     thread ends.
// A function that ends in a jump to another enters both at one SP; the kernel tells (Hit::chained).
// Both return at once, the inner one first; the outer one is dead if the next hit is not its own
// return.
//
// What a dead call's outcome is:
//   - depth-limit, if the kernel kept no return probe for it. It keeps 64 a thread
//     (MAX_URETPROBE_DEPTH in include/linux/uprobes.h), and looks for dead ones to drop only when
//     it is about to add one: prepare_uretprobe() in kernel/events/uprobes.c, which is followed
//     here step by step. Other tracers' return probes count there too, and are not seen here;
//   - exit-lost, if exits of its function were lost since it was entered, or its probes taken off;
//   - unwound otherwise: PostgreSQL's ERROR handling jumped past it (siglongjmp), or its process
//   ended.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "format/event.h"
#include "format/tables.h"
#include "record/hit.h"

namespace pgrec {

// What a matcher needs from outside, the same for all threads.
struct MatchContext {
  std::uint64_t begin_ns = 0;  // of the trace, CLOCK_MONOTONIC
  std::uint32_t activity_probe = 0;
  // By probe, hits that end something and were lost: exits, and of the activity function any
  // report. Known to have been lost before the earliest of these hits, and by now.
  const std::vector<std::uint64_t>* lost_ends_before = nullptr;
  const std::vector<std::uint64_t>* lost_ends_now = nullptr;
  std::function<TextId(const Text&)> text_id;
  // By probe, hits matched so far; of those that were filtered here, none are among the recorded.
  std::vector<std::uint64_t>* recorded = nullptr;
  std::vector<std::uint64_t>* filtered = nullptr;
  // By probe, hits that were the second of one event (see WIRE_ODD).
  std::vector<std::uint64_t>* doubles = nullptr;
  // The activity function's other index, where it is also among the probed functions.
  std::optional<std::uint32_t> activity_function = std::nullopt;
  // The first of the USDT probes, which are those up to the activity function; and where the
  // arguments of their events go, in the order of the events.
  std::uint32_t first_point = 0;
  std::vector<ArgumentValues>* arguments = nullptr;
};

class CallMatcher {
 public:
  // Appends to `events` what `hits`, in order of time, mean.
  void match(std::span<Hit> hits, const MatchContext& context, std::vector<Event>& events);

  // Appends what is left when no more hits come: an execution whose text was not whole yet, or
  // whose end may be lost.
  void finish(const MatchContext& context, std::vector<Event>& events);

  // The trace ends here, and another one begins where `context.begin_ns` will say. The first
  // appends what is left to be said in the old one; the second makes the thread one of the new
  // trace and appends what it begins with there: what ran goes on to run, as an execution of its
  // own. Calls that are open stay so in the old one, and are headless in the new one when they
  // return.
  void end_part(const MatchContext& context, std::vector<Event>& events);
  void begin_part(const MatchContext& context, std::vector<Event>& events);

  // The thread is gone and its end was not seen: everything open ends unseen.
  void abandon(std::vector<Event>& events);

  // Nothing is open: the thread can be forgotten.
  bool idle() const { return frames_.empty() && kernel_returns_.empty() && !running_ && !partial_; }

 private:
  struct Frame {
    std::uint64_t sp;
    std::uint32_t probe;
    bool has_return_probe;
    std::uint64_t lost_exits;  // of the probe, before the enter
  };
  struct Partial {  // a query text whose pieces are still coming
    Timestamp begun;
    Text text;
  };
  struct Running {
    TextId id;
    Text text;
    std::uint64_t lost_reports;  // before its begin
  };

  void match(Hit& hit, const MatchContext& context);
  // Whether two sets of probes made this hit and the one before of the same event.
  bool is_double(const Hit& hit);
  void enter(const Hit& hit, const MatchContext& context);
  void exit(const Hit& hit, const MatchContext& context);
  void point(const Hit& hit, const MatchContext& context);
  bool kernel_keeps_return(const Hit& hit);
  void kernel_returns(std::uint64_t entered_at);
  // Ends what a report of activity shows to be dead.
  void bury_before(const Hit& report, const MatchContext& context);
  void more(const Hit& hit);
  void finish_text(const MatchContext& context);
  void idle_reported();
  void thread_ended(const MatchContext& context);
  // Ends the running execution if reports of activity were lost since it began.
  void doubt_execution(const MatchContext& context);
  // Ends the calls that share the SP of a return that just was; their own did not follow at once.
  void bury_sharers(const MatchContext& context);
  // Ends the innermost call, which did not return.
  void bury(const MatchContext& context);
  void emit(EventKind kind, std::uint32_t probe = 0) {
    events_->push_back({kind, FunctionId{probe}, TextId{}, now_});
  }

  std::vector<Frame> frames_;                  // open calls, outermost first
  std::vector<std::uint64_t> kernel_returns_;  // SPs of the kernel's return probes, outermost first
  // A call returned here, and the innermost open one has the same SP: it returns at once or never.
  std::optional<std::uint64_t> shared_sp_;
  struct Seen {
    std::uint64_t sp = 0;
    std::uint32_t probe = 0;
    wire_kind kind = WIRE_KINDS;
    bool odd = false;
  };
  Seen last_;  // hit that was not a double
  std::optional<Running> running_;
  std::optional<Partial> partial_;

  Timestamp now_{};
  std::vector<Event>* events_ = nullptr;
};

}  // namespace pgrec

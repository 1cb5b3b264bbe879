// Turns the hits of one thread into the events of a trace: pairs enters with exits, and the
// server's reports of activity into executions.
//
// Pairing goes by the stack pointer. At a function's entry SP = x; at its return SP = x + 8. The
// stack grows down, so while a call is open every call inside it enters at a lower SP. It follows:
//   - an exit at SP belongs to the innermost open call of that function that entered at SP - 8;
//   - a call is dead once its thread enters a function, or returns from one, at a higher SP, or
//   enters
//     the same function at the same SP: its frame is gone, and it did not return.
// What a dead call's outcome is:
//   - depth-limit, if it was entered when the kernel already kept 64 return probes for the thread
//     (MAX_URETPROBE_DEPTH in include/linux/uprobes.h), so that its return could not be seen;
//   - exit-lost, if exits of its function were lost since it was entered;
//   - unwound otherwise: PostgreSQL's ERROR handling jumped past it (siglongjmp).
// A function that ends in a jump to another enters both at one SP, and both return at once, the
// inner one first. So a call that shares its SP with another function's waits for the next hit
// after a return there, and is dead if that is not its own return.
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
  // Lost exits by probe: known to have been lost before the earliest of these hits, and by now.
  const std::vector<std::uint64_t>* lost_exits_before = nullptr;
  const std::vector<std::uint64_t>* lost_exits_now = nullptr;
  std::function<TextId(const Text&)> text_id;
};

class CallMatcher {
 public:
  // Appends to `events` what `hits`, in order of time, mean.
  void match(std::span<Hit> hits, const MatchContext& context, std::vector<Event>& events);

  // Appends what is left when no more hits come: an execution whose text was not whole yet.
  void finish(const MatchContext& context, std::vector<Event>& events);

  // Nothing is open: the thread can be forgotten.
  bool idle() const { return frames_.empty() && !running_ && !partial_; }

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

  void enter(const Hit& hit, const MatchContext& context);
  void exit(const Hit& hit, const MatchContext& context);
  void begin(Hit& hit);
  void more(Hit& hit);
  void idle_reported();
  void finish_text(const MatchContext& context);
  // Ends the calls that share the SP of a return that just was; their own did not follow at once.
  void bury_sharers(const MatchContext& context);
  // Ends the innermost call, which did not return.
  void bury(const MatchContext& context);
  void emit(EventKind kind, std::uint32_t probe = 0) {
    events_->push_back({kind, FunctionId{probe}, TextId{}, now_});
  }

  std::vector<Frame> frames_;
  std::uint32_t return_probes_ = 0;  // that the kernel keeps for the open calls
  // A call returned here, and the innermost open one has the same SP: it returns at once or never.
  std::optional<std::uint64_t> shared_sp_;
  std::optional<TextId> running_;
  std::optional<Partial> partial_;

  Timestamp now_{};
  std::vector<Event>* events_ = nullptr;
};

}  // namespace pgrec

#include "record/call_matcher.h"

#include <algorithm>

namespace pgrec {
namespace {

// MAX_URETPROBE_DEPTH of the kernel's include/linux/uprobes.h.
constexpr std::uint32_t kKernelReturnProbes = 64;

// What a return takes off the stack before its probe fires (x86-64).
constexpr std::uint64_t kReturnAddressBytes = 8;

}  // namespace

void CallMatcher::match(std::span<Hit> hits, const MatchContext& context,
                        std::vector<Event>& events) {
  events_ = &events;
  for (Hit& hit : hits) {
    if (partial_ && hit.kind != WIRE_MORE) {
      partial_->text.cut = true;  // the piece that should be here was lost
      finish_text(context);
    }
    // A hit can be from before recording began only by the time it took to begin.
    now_ = from_ns(
        static_cast<std::int64_t>(std::max(hit.ts_ns, context.begin_ns) - context.begin_ns));
    switch (hit.kind) {
      case WIRE_ENTER:
        enter(hit, context);
        break;
      case WIRE_EXIT:
        exit(hit, context);
        break;
      case WIRE_BEGIN:
        begin(hit);
        if (!hit.text_continues) finish_text(context);
        break;
      case WIRE_MORE:
        more(hit);
        if (partial_ && !hit.text_continues) finish_text(context);
        break;
      case WIRE_IDLE:
        idle_reported();
        break;
      case WIRE_KINDS:
        break;
    }
  }
}

void CallMatcher::enter(const Hit& hit, const MatchContext& context) {
  bury_sharers(context);
  while (!frames_.empty()) {
    const Frame& top = frames_.back();
    if (top.sp > hit.sp || (top.sp == hit.sp && top.probe != hit.probe)) break;
    bury(context);
  }
  const bool has_return_probe = return_probes_ < kKernelReturnProbes;
  return_probes_ += has_return_probe ? 1 : 0;
  frames_.push_back(
      {hit.sp, hit.probe, has_return_probe, context.lost_exits_before->at(hit.probe)});
  emit(EventKind::kEnter, hit.probe);
}

void CallMatcher::exit(const Hit& hit, const MatchContext& context) {
  const std::uint64_t entered_at = hit.sp - kReturnAddressBytes;
  const auto is_it = [&](const Frame& frame) {
    return frame.sp == entered_at && frame.probe == hit.probe;
  };
  if (shared_sp_ && !is_it(frames_.back())) bury_sharers(context);
  shared_sp_.reset();
  while (!frames_.empty() && frames_.back().sp < entered_at)
    bury(context);
  if (std::find_if(frames_.rbegin(), frames_.rend(), is_it) == frames_.rend()) {
    emit(EventKind::kHeadless, hit.probe);
    return;
  }
  while (!is_it(frames_.back()))
    bury(context);
  return_probes_ -= frames_.back().has_return_probe ? 1 : 0;
  frames_.pop_back();
  emit(EventKind::kReturned);
  if (!frames_.empty() && frames_.back().sp == entered_at) shared_sp_ = entered_at;
}

void CallMatcher::bury_sharers(const MatchContext& context) {
  if (!shared_sp_) return;
  while (!frames_.empty() && frames_.back().sp == *shared_sp_)
    bury(context);
  shared_sp_.reset();
}

void CallMatcher::bury(const MatchContext& context) {
  const Frame& frame = frames_.back();
  EventKind kind = EventKind::kUnwound;
  if (!frame.has_return_probe) {
    kind = EventKind::kDepthLimit;
  } else if (context.lost_exits_now->at(frame.probe) != frame.lost_exits) {
    kind = EventKind::kExitLost;
  }
  return_probes_ -= frame.has_return_probe ? 1 : 0;
  frames_.pop_back();
  emit(kind);
}

void CallMatcher::finish(const MatchContext& context, std::vector<Event>& events) {
  events_ = &events;
  if (!partial_) return;
  partial_->text.cut = true;
  finish_text(context);
}

// The extended protocol reports one query up to three times, for Parse, Bind and Execute, and
// nothing in between: the same text again, while it runs, is still the same execution.
void CallMatcher::begin(Hit& hit) {
  partial_ = Partial{now_, std::move(*hit.text)};
}

void CallMatcher::more(Hit& hit) {
  if (!partial_) return;  // its beginning was lost
  partial_->text.text += hit.text->text;
  partial_->text.cut = hit.text->cut || hit.text->unreadable;
}

void CallMatcher::finish_text(const MatchContext& context) {
  Partial partial = std::move(*partial_);
  partial_.reset();
  if (partial.text.text.size() > WIRE_TEXT_LIMIT_BYTES) {
    partial.text.text.resize(WIRE_TEXT_LIMIT_BYTES);
    partial.text.cut = true;
  }
  const TextId id = context.text_id(partial.text);
  if (running_ == id) return;
  running_ = id;
  events_->push_back({EventKind::kExecutionBegin, FunctionId{}, id, partial.begun});
}

void CallMatcher::idle_reported() {
  if (!running_) return;
  running_.reset();
  emit(EventKind::kExecutionEnd);
}

}  // namespace pgrec

#include "record/matching/call_matcher.h"

#include <algorithm>
#include <utility>

#include "format/postgres/execution_classes.h"

namespace pgrec {
namespace {

// What a return takes off the stack before its probe fires (x86-64).
constexpr std::uint64_t kReturnAddressBytes = 8;

}  // namespace

void CallMatcher::match(std::span<Hit> hits, const MatchContext& context, MatchedEvents& out) {
  out_ = &out;
  for (Hit& hit : hits) {
    // Never back in time within a thread, whatever the clock of another CPU said.
    const std::uint64_t ns = std::max(hit.ts_ns, context.begin_ns) - context.begin_ns;
    now_ = std::max(now_, from_ns(static_cast<std::int64_t>(ns)));
    match(hit, context);
  }
}

bool CallMatcher::is_double(const Hit& hit) {
  // A hook at the same place can come between the two.
  if (hit.kind != WIRE_ENTER && hit.kind != WIRE_EXIT && hit.kind != WIRE_POINT) return false;
  const Seen now{hit.sp, hit.probe, hit.kind, hit.odd};
  const Seen before = std::exchange(last_, now);
  if (hit.odd == before.odd || hit.sp != before.sp || hit.probe != before.probe ||
      hit.kind != before.kind) {
    return false;
  }
  last_ = {};
  return true;
}

void CallMatcher::match(Hit& hit, const MatchContext& context) {
  if (is_double(hit)) {
    ++(*context.doubles)[hit.probe];
    return;
  }
  const std::uint64_t lost_before = context.lost_ends_before->at(context.hooks_probe);
  execution_.doubt(context.lost_ends_now->at(context.hooks_probe), now_, *out_);
  if (hit.fired()) ++(*context.recorded)[hit.probe];
  switch (hit.kind) {
    case WIRE_ENTER:
      enter(hit, context);
      break;
    case WIRE_EXIT:
      exit(hit, context);
      break;
    case WIRE_BEGIN:
      bury_before(hit, context);
      execution_.begin(hit, thread_, now_, lost_before, *context.queries, *out_);
      break;
    case WIRE_COMPLETED:
    case WIRE_FAILED:
    case WIRE_SUSPENDED:
      bury_before(hit, context);
      execution_.done(hit, thread_, now_, lost_before, *context.queries, *out_);
      break;
    case WIRE_ERROR:
      execution_.error(hit, now_, *context.queries, *out_);
      break;
    case WIRE_IDLE:
      bury_before(hit, context);
      execution_.idle(hit, now_, lost_before, *context.queries, *out_);
      break;
    case WIRE_GONE:
      thread_ended(hit, context);
      break;
    case WIRE_POINT:
      point(hit, context);
      break;
    default:  // what is not of a thread's life does not come here
      break;
  }
}

void CallMatcher::enter(const Hit& hit, const MatchContext& context) {
  if (hit.waited && hit.ts_ns < context.begin_ns) return;  // another part began: it is headless
  bury_sharers(context);
  while (!frames_.empty()) {
    const Frame& top = frames_.back();
    if (top.sp > hit.sp || (top.sp == hit.sp && hit.chained)) break;
    bury(context);
  }
  frames_.push_back({hit.sp, hit.probe, !hit.no_return, context.lost_ends_before->at(hit.probe)});
  emit(EventKind::kEnter, hit.probe);
}

// Says nothing of the calls that are open: a function can make room on the stack at any time, so
// where the stack pointer is there tells nothing of theirs.
void CallMatcher::point(const Hit& hit, const MatchContext& context) {
  Event event{EventKind::kOfClass, FunctionId{}, TextId{}, now_};
  event.event_class = ClassId{kFirstOtherClass + hit.probe - context.first_point};
  out_->events.push_back(event);
  out_->arguments.push_back(hit.arguments ? std::move(*hit.arguments) : ArgumentValues{});
}

// The activity function's own call, where it is probed, enters at the SP of the report.
void CallMatcher::bury_before(const Hit& report, const MatchContext& context) {
  bury_sharers(context);
  while (!frames_.empty() && frames_.back().sp <= report.sp &&
         (frames_.back().sp < report.sp || frames_.back().probe != context.activity_function)) {
    bury(context);
  }
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
    if (hit.straddles) {  // its enter was not sampled
      --(*context.recorded)[hit.probe];
      ++(*context.filtered)[hit.probe];
    } else {
      emit(EventKind::kHeadless, hit.probe);
    }
    return;
  }
  while (!is_it(frames_.back()))
    bury(context);
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
  } else if (context.lost_ends_now->at(frame.probe) != frame.lost_exits) {
    kind = EventKind::kExitLost;
  }
  frames_.pop_back();
  emit(kind);
}

void CallMatcher::thread_ended(const Hit& end, const MatchContext& context) {
  shared_sp_.reset();
  while (!frames_.empty())
    bury(context);
  execution_.thread_ended(end.end, now_, *context.queries, *out_);
}

void CallMatcher::finish(const MatchContext& context, MatchedEvents& out) {
  execution_.doubt(context.lost_ends_now->at(context.hooks_probe), now_, out);
}

void CallMatcher::begin_part(const MatchContext& context, MatchedEvents& out) {
  now_ = {};
  frames_.clear();
  shared_sp_.reset();
  execution_.begin_again(thread_, now_, *context.queries, out);
}

void CallMatcher::abandon(Timestamp at, MatchedEvents& out) {
  out_ = &out;
  now_ = std::max(now_, at);
  for (; !frames_.empty(); frames_.pop_back())
    emit(EventKind::kExitLost);
  execution_.lose(now_, out);
  *this = CallMatcher(thread_);
}

}  // namespace pgrec

#include "record/kernel/probe_changes.h"

#include <chrono>
#include <system_error>
#include <utility>

#include "record/host/clocks.h"

namespace pgrec {
namespace {

// How often who takes out the probes is asked whether to go on.
constexpr auto kDetachStep = std::chrono::milliseconds(100);
// Long enough for every program that runs when something begins or ceases to count to have ended,
// also one that was preempted between the two hits of an event.
constexpr std::uint64_t kProgramsEndNs = 10'000'000;

}  // namespace

void ProbeChanges::run(State state, Work work) {
  links_ = attachments_.links();
  detach_time_ = attachments_.detach_time();
  const auto all = [this, work = std::move(work)] { work(attachments_); };
  try {
    work_ = std::async(std::launch::async, all);
  } catch (const std::system_error&) {  // there may be no more threads
    work_ = std::async(std::launch::deferred, all);
    work_.wait();
  }
  state_ = state;
}

bool ProbeChanges::is_done() const {
  return work_.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
}

bool ProbeChanges::is_idle() {
  if (state_ == State::kWorking && is_done()) {
    work_.get();
    state_ = State::kIdle;
  }
  return state_ == State::kIdle;
}

void ProbeChanges::begin(Work work) {
  run(State::kWorking, std::move(work));
}

void ProbeChanges::take_off(const std::vector<std::size_t>& off) {
  run(State::kAttaching,
      [this, off](Attachments& attachments) { refused_ = attachments.attach_without(off); });
}

// An event that is two hits after count_both() can have the first one before it, of a program that
// was preempted. Whoever matches hits is to know by then that there may be two: so kAttached takes
// its time, too.
std::optional<ProbeChanges::TakenOff> ProbeChanges::go_on() {
  const std::uint64_t now_ns = monotonic_ns();
  const bool programs_ended = now_ns - since_ns_ >= kProgramsEndNs;
  if (state_ == State::kAttaching && is_done()) {
    work_.get();
    state_ = refused_ ? State::kIdle : State::kAttached;
    since_ns_ = now_ns;
    if (refused_) return TakenOff{std::move(refused_)};
    doubles_until_ns_ = UINT64_MAX;
  } else if (state_ == State::kAttached && programs_ended) {
    attachments_.count_both();
    state_ = State::kBoth;
    since_ns_ = monotonic_ns();
  } else if (state_ == State::kBoth && programs_ended) {
    attachments_.count_new();
    doubles_until_ns_ = monotonic_ns() + kProgramsEndNs;
    begin([](Attachments& attachments) { attachments.detach_old(); });
    return TakenOff{};
  }
  return std::nullopt;
}

Duration ProbeChanges::detach_time() {
  return is_idle() ? attachments_.detach_time() : detach_time_;
}

bool ProbeChanges::end(const Attachments::DetachStep& goes_on) {
  attachments_.give_up();
  while (work_.valid() && work_.wait_for(kDetachStep) != std::future_status::ready) {
    if (goes_on && !goes_on(0, links_)) return false;
  }
  return attachments_.detach(goes_on);
}

}  // namespace pgrec

// What changes of the probes while recording goes on, one change at a time. What the kernel takes
// its time for, attaching and taking out, a thread of its own does, to which the attachments belong
// meanwhile; what has to happen at one moment is a short step between two rounds of draining. So
// who drains the rings never waits for a probe, but where no thread can be started: then it is done
// in place. All functions are called on one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <vector>

#include "format/clock.h"
#include "record/kernel/attachments.h"

namespace pgrec {

class ProbeChanges {
 public:
  // Borrows the attachments.
  explicit ProbeChanges(Attachments& attachments) : attachments_(attachments) {}
  ProbeChanges(const ProbeChanges&) = delete;
  ProbeChanges& operator=(const ProbeChanges&) = delete;
  // Waits for what is under way.
  ~ProbeChanges() = default;

  // Whether nothing is under way. Only then may a change begin, and the attachments be used.
  bool is_idle();

  // Has `work`, which throws nothing, done with the attachments by the other thread.
  using Work = std::function<void(Attachments&)>;
  void begin(Work work);

  // Begins to take the probes of some functions out, `off` by probe index, while the others record
  // on without a gap.
  void take_off(const std::vector<std::size_t>& off);
  // What became of it.
  struct TakenOff {
    std::optional<std::string> refused;  // by the kernel, and why: then all record on
  };
  // Goes on with take_off(), to be called in every round. Says once what became of it, at the
  // moment at which the events of those probes end: whoever matches hits is to know that before any
  // that is later.
  std::optional<TakenOff> go_on();
  // Whether one event of a probe may be two hits, one of which is after `ns`, CLOCK_MONOTONIC,
  // while one set of links takes the place of another.
  bool may_double(std::uint64_t ns) const { return ns < doubles_until_ns_; }

  // As of Attachments, of the links that there were when the change began that is under way.
  Duration detach_time();
  // Gives up what is under way, and takes all probes out: Attachments::detach(). Nothing may begin
  // after that.
  bool end(const Attachments::DetachStep& goes_on = {});

 private:
  enum class State {
    kIdle,
    kWorking,    // something that needs no more steps
    kAttaching,  // the new set of links
    kAttached,   // it does not count yet
    kBoth,       // sets of links count
  };
  void run(State state, Work work);
  bool is_done() const;

  Attachments& attachments_;
  State state_ = State::kIdle;
  std::uint64_t since_ns_ = 0;  // in this state
  std::uint64_t doubles_until_ns_ = 0;
  std::size_t links_ = 0;  // when the change began
  Duration detach_time_{};
  std::optional<std::string> refused_;  // written by the other thread
  std::future<void> work_;
};

}  // namespace pgrec

// What ends a recording from outside: a signal, the end of its command, the end of the processes
// that it is limited to, or its time. Its loop waits here between two rounds.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "format/clock.h"
#include "record/host/child_command.h"
#include "record/host/process_ends.h"
#include "record/host/stop_signal.h"

namespace pgrec {

class Stops {
 public:
  // Borrows the signal. `pids`: the processes that the recording is limited to; empty: it is not
  // limited. `duration`: the time that it has; none: as much as it likes.
  Stops(StopSignal& signal, const std::vector<std::uint32_t>& pids,
        const std::optional<Duration>& duration = std::nullopt)
      : signal_(signal), targets_(pids), duration_(duration) {}

  // `has_followed` says whether a process still runs that descends from `pids`: as long as one
  // does, their end does not end the recording.
  void follow(std::function<bool()> has_followed) { has_followed_ = std::move(has_followed); }
  // The end of `command` ends the recording too. Borrows it.
  void end_with(ChildCommand& command) { command_ = &command; }
  // wait() returns early where `fd` becomes readable, which is no reason to end; -1: none.
  void wake_at(int fd) { wake_fd_ = fd; }

  // Waits for `pause_ms`, or less where something happens. Returns why the recording ends, as in
  // "ended by …", if it does. Reaps the command where that has ended.
  std::optional<std::string> wait(int pause_ms);
  // Returns why, where its time is up after `elapsed`.
  std::optional<std::string> time_is_up(Duration elapsed) const;

 private:
  StopSignal& signal_;
  ProcessEnds targets_;
  std::optional<Duration> duration_;
  std::function<bool()> has_followed_;
  ChildCommand* command_ = nullptr;
  int wake_fd_ = -1;
};

}  // namespace pgrec

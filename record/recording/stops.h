// What ends a recording from outside: a signal, the end of its command, the end of the processes
// that it is limited to, or its time. Its loop waits here between two rounds.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "format/clock.h"
#include "record/host/child_command.h"
#include "record/host/process_ends.h"
#include "record/host/stop_signal.h"

namespace pgrec {

class Stops {
 public:
  // Borrows the signal. `pids`: the processes it is limited to; empty: none. `duration`: its time,
  // if it has one.
  Stops(StopSignal& signal, const std::vector<std::uint32_t>& pids,
        const std::optional<Duration>& duration = std::nullopt)
      : signal_(signal), targets_(pids), duration_(duration) {}

  // Whether a process runs that descends from `pids`: then their end is not its end. Without it
  // none does.
  void follow(std::function<bool()> has_followed) { has_followed_ = std::move(has_followed); }
  // Ends with the command too. Borrows it.
  void end_with(ChildCommand& command) { command_ = &command; }
  // Waits no longer where `fd` becomes readable, which is no reason to end; -1: none.
  void wake_at(int fd) { wake_fd_ = fd; }

  // Waits for `pause_ms`, or less where something happens. Why recording ends, as in "ended by …",
  // if it does. Waits for the command where that has ended.
  std::optional<std::string> wait(int pause_ms);
  // The same of its time, where it has recorded for `elapsed`.
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

#include "record/recording/stops.h"

#include <poll.h>

#include <cstring>

namespace pgrec {

std::optional<std::string> Stops::wait(int pause_ms) {
  pollfd waits[3] = {{signal_.fd(), POLLIN, 0},
                     {command_ ? command_->fd() : -1, POLLIN, 0},
                     {wake_fd_, POLLIN, 0}};
  ::poll(waits, 3, pause_ms);
  if (const auto arrived = signal_.take()) return std::string("SIG") + ::sigabbrev_np(*arrived);
  if (waits[1].revents != 0) return "its command, with " + command_->wait();
  if (targets_.all_ended() && !(has_followed_ && has_followed_())) return targets_.what();
  return std::nullopt;
}

std::optional<std::string> Stops::time_is_up(Duration elapsed) const {
  if (duration_ && elapsed >= *duration_) return "its time being up";
  return std::nullopt;
}

}  // namespace pgrec

#include "record/host/process_ends.h"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "format/print/join.h"

namespace pgrec {

ProcessEnds::ProcessEnds(const std::vector<std::uint32_t>& pids) : pids_(pids) {
  for (const std::uint32_t pid : pids) {
    Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!process.is_open() && errno == ESRCH) continue;
    running_.push_back(std::move(process));  // one that cannot be watched never ends
  }
}

bool ProcessEnds::all_ended() {
  if (pids_.empty()) return false;
  std::vector<pollfd> waits;
  for (const Descriptor& process : running_)
    waits.push_back({process.get(), POLLIN, 0});
  if (::poll(waits.data(), waits.size(), 0) > 0) {
    for (std::size_t i = waits.size(); i-- > 0;) {
      if (waits[i].revents != 0) running_.erase(running_.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  return running_.empty();
}

std::string ProcessEnds::what() const {
  constexpr std::size_t kNamed = 5;
  std::vector<std::string> numbers;
  for (const std::uint32_t pid : pids_)
    numbers.push_back(std::to_string(pid));
  return (pids_.size() == 1 ? "the end of process " : "the end of processes ") +
         join_first(numbers, kNamed);
}

}  // namespace pgrec

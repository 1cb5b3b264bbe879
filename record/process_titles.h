// Learns what the recorded processes call themselves: a PostgreSQL process writes its type, user,
// database and client into its command line (update_process_title), where /proc shows it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "format/tables.h"

namespace pgrec {

class ProcessTitles {
 public:
  // A process has been seen; cheap to say again.
  void seen(std::uint32_t pid) {
    if (pid == last_) return;
    last_ = pid;
    const auto [found, is_new] = processes_.try_emplace(pid);
    found->second.in_part = true;
    if (!is_new) return;
    ++count_;
    unsettled_.push_back(pid);
  }

  bool knows(std::uint32_t pid) const { return processes_.contains(pid); }

  // Looks up the titles not known yet. A new backend takes a moment to set its title, and a short
  // one lives no longer, so this is to be called every few milliseconds; it gives up on a process
  // that is gone or keeps a title that is none.
  void look_up();

  // The processes seen in this part that were settled since the last call; with `all`, also those
  // that are not.
  std::vector<Process> take(bool all);

  // Another part of the recording begins, in which no process has been seen yet.
  void begin_part();

  // Processes seen in all parts.
  std::size_t count() const { return count_; }

 private:
  struct Found {
    std::string title;
    int looks = 0;
    bool settled = false;
    bool in_part = false;
    bool taken = false;
  };
  std::map<std::uint32_t, Found> processes_;
  std::vector<std::uint32_t> unsettled_;
  std::uint32_t last_ = 0;
  std::size_t count_ = 0;
};

}  // namespace pgrec

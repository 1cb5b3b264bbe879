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
    found->second.seen = true;
    if (!is_new) return;
    ++count_;
    unsettled_.push_back(pid);
  }

  // A hit of a process that has been seen is in this part of the recording.
  void in_part(std::uint32_t pid) { processes_[pid].in_part = true; }

  bool knows(std::uint32_t pid) const { return processes_.contains(pid); }

  // Looks up the titles not known yet. A new backend takes a moment to set its title, and a short
  // one lives no longer, so this is to be called every few milliseconds; it gives up on a process
  // that is gone or keeps a title that is none.
  void look_up();

  // The processes that are in this part and were settled since the last call; with `all`, also
  // those that are not.
  std::vector<Process> take(bool all);

  // Another part of the recording begins, in which there is no process yet.
  void begin_part();

  // Processes seen in all parts.
  std::size_t count() const { return count_; }

 private:
  struct Found {
    std::string title;
    int looks = 0;
    bool settled = false;
    bool seen = false;  // in this part, perhaps by hits that wait for the next
    bool in_part = false;
    bool taken = false;
  };
  std::map<std::uint32_t, Found> processes_;
  std::vector<std::uint32_t> unsettled_;
  std::uint32_t last_ = 0;
  std::size_t count_ = 0;
};

}  // namespace pgrec

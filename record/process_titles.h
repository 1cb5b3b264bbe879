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
    if (processes_.try_emplace(pid).second) unsettled_.push_back(pid);
  }

  bool knows(std::uint32_t pid) const { return processes_.contains(pid); }

  // Looks up the titles not known yet. A new backend takes a moment to set its title, and a short
  // one lives no longer, so this is to be called every few milliseconds; it gives up on a process
  // that is gone or keeps a title that is none.
  void look_up();

  // The processes that were settled since the last call; with `all`, also those that are not.
  std::vector<Process> take(bool all);

  std::size_t count() const { return processes_.size(); }

 private:
  struct Found {
    std::string title;
    int looks = 0;
    bool settled = false;
    bool taken = false;
  };
  std::map<std::uint32_t, Found> processes_;
  std::vector<std::uint32_t> unsettled_;
  std::uint32_t last_ = 0;
};

}  // namespace pgrec

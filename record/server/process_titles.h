// Learns who the recorded processes are: what they call themselves in the process list (their type,
// user, database and client), the application that their client names, when they began and ended.
// The query hooks report processes that begin during the recording; /proc has the others.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "format/table/tables.h"

namespace pgrec {

// What a process calls itself now, in the process list; empty where it is gone.
std::string process_title(std::uint32_t pid);

class ProcessTitles {
 public:
  // Notes that there is such a process. Cheap to call again.
  void seen(std::uint32_t pid) {
    if (pid == last_) return;
    last_ = pid;
    const auto [found, is_new] = processes_.try_emplace(pid);
    found->second.seen = true;
    if (is_new) begin(pid, found->second);
  }

  // Notes that a hit of a seen process is in this part of the recording.
  void in_part(std::uint32_t pid) { processes_[pid].in_part = true; }

  bool knows(std::uint32_t pid) const { return processes_.contains(pid); }

  // Notes what a process calls itself that has just begun, or become a backend; nothing: what is in
  // the process list by now. `at_ns`: CLOCK_MONOTONIC. `client`: it serves one.
  void named(std::uint32_t pid, std::uint64_t at_ns, std::string_view fixed_part,
             bool client = false);
  // Notes who a process is.
  void identified(std::uint32_t pid, std::string_view title, const std::optional<ProcessWho>& who);
  // Notes the application that the client of a process has named.
  void application(std::uint32_t pid, std::string_view name);
  // The same of a process that may not be seen at all.
  void was_found(std::uint32_t pid, std::string application, std::optional<ProcessWho> who) {
    if (!application.empty() || who) found_[pid] = {std::move(application), std::move(who)};
  }
  // Notes the session of an execution of the process. Whether it is that of its first in this part,
  // which is what the part says of the process.
  bool runs_as_first(std::uint32_t pid, const Session& session);
  void ended(std::uint32_t pid, std::uint64_t at_ns);

  // The process that a parallel worker works for; nothing for any other. 0 where it is not known.
  std::optional<std::uint32_t> leader_of(std::uint32_t pid);

  // Looks up the titles not known yet. To be called every few milliseconds: a new backend takes a
  // moment to set its title, and a short one lives no longer. Gives up on a process that is gone,
  // or whose title stays none.
  void look_up();

  // The processes of this part of which something new is known; with `all`, also those of which not
  // all is known. `begin_ns`: when the part began.
  std::vector<Process> take(bool all, std::uint64_t begin_ns);

  // Begins another part of the recording, in which there is no process yet.
  void begin_part();

  // Processes seen in all parts.
  std::size_t count() const { return count_; }

 private:
  struct Found {
    std::string title;
    std::string application;
    std::optional<ProcessWho> who;
    std::optional<Session> session;  // of its first execution in this part
    bool client = false;
    std::optional<std::int64_t> started_ns;  // CLOCK_MONOTONIC
    std::optional<std::int64_t> ended_ns;
    int looks = 0;
    bool settled = false;
    bool seen = false;  // in this part, perhaps by hits that wait for the next
    bool in_part = false;
    bool taken = false;  // as it is now
  };
  void begin(std::uint32_t pid, Found& found);
  // Its number is another's now.
  void replace(std::uint32_t pid, Found& found);

  std::map<std::uint32_t, Found> processes_;
  // Of processes that were not seen yet.
  std::map<std::uint32_t, std::pair<std::string, std::optional<ProcessWho>>> found_;
  std::vector<std::uint32_t> unsettled_;
  std::vector<std::pair<std::uint32_t, Found>> replaced_;  // to be told of
  std::uint32_t last_ = 0;
  std::size_t count_ = 0;
};

}  // namespace pgrec

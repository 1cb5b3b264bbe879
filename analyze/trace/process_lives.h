// The processes of a trace and when each lived: of several that had one pid, one after the other,
// it finds the one of a given time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "format/postgres/process_title.h"
#include "format/table/tables.h"

namespace pgrec {

// The kernel tells when a process started to a hundredth of a second.
inline constexpr Duration kStartTick{10'000'000};

class ProcessLives {
 public:
  struct Life {
    std::int64_t process_id = 0;
    Process process;
    ProcessIdentity identity;
    // Of executions that do not tell their own. Who logged in stands for a user whom a trace before
    // format 1.3 does not tell.
    Session session() const;
  };

  // Gives the process of a row its id; the same one for rows of one process.
  using Number = std::function<std::int64_t(const Process&)>;

  // `number`: where it is not given, from 1 in the order of the rows.
  explicit ProcessLives(const std::vector<Process>& processes, const Number& number = {});

  // The process that had the number at the time; null where the trace has none.
  const Life* at(std::uint32_t pid, Timestamp ts) const;
  // Whether more than one had the number.
  bool several(std::uint32_t pid) const;
  // The process with this number and id; with id 0, the only one that had the number. Null where
  // the trace has none.
  const Life* find(std::uint32_t pid, std::int64_t process_id) const;

  // All of them, by number and then by when they started.
  const std::map<std::uint32_t, std::map<Timestamp, Life>>& all() const { return lives_; }

 private:
  // Of each number by when they started. Where that is not known, a process stands before all
  // others.
  std::map<std::uint32_t, std::map<Timestamp, Life>> lives_;
};

}  // namespace pgrec

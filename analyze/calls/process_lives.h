// The processes of a trace with their lives: which of those that had one pid, one after the other,
// was it at a time.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "format/postgres/process_title.h"
#include "format/table/tables.h"

namespace pgrec {

class ProcessLives {
 public:
  struct Life {
    std::int64_t process_id = 0;  // from 1, in the order of the trace
    Process process;
    ProcessIdentity identity;
  };

  explicit ProcessLives(const std::vector<Process>& processes);

  // The process that had the number at the time; null where the trace has none.
  const Life* at(std::uint32_t pid, Timestamp ts) const;
  // Whether more than one had the number.
  bool several(std::uint32_t pid) const;
  // The one that had the number and this id, or with id 0, where only one had it, that one; null
  // where the trace has none.
  const Life* find(std::uint32_t pid, std::int64_t process_id) const;

  // All of them, by number and then by when they started.
  const std::map<std::uint32_t, std::map<Timestamp, Life>>& all() const { return lives_; }

 private:
  // Of each number by when they started; one of which that is not known is before all others.
  std::map<std::uint32_t, std::map<Timestamp, Life>> lives_;
};

}  // namespace pgrec

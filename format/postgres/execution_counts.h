// How many executions, preparations and worker runs there are, out of summaries: the one count that
// the summary of a recording, `pgrec info` and the relations of SQL give.
#pragma once

#include <cstdint>
#include <vector>

#include "format/table/summary.h"
#include "format/table/tables.h"

namespace pgrec {

struct ExecutionCounts {
  std::uint64_t executions = 0;
  std::uint64_t preparations = 0;
  std::uint64_t worker_runs = 0;

  ExecutionCounts& operator+=(const ExecutionCounts& other);
  bool operator==(const ExecutionCounts&) const = default;
};

// Whether a trace with these classes can have others than executions among what began in it.
bool tells_kinds_of_executions(const std::vector<EventClass>& classes);

// Of what began, by what the events of `classes` say of it. `summary`: its classes are known, or
// there are none that tell.
ExecutionCounts execution_counts(const Summary& summary, const std::vector<EventClass>& classes);

}  // namespace pgrec

// The slowest 1 % of a statement's executions against the others. Executions count that have a
// duration; where there are fewer than 100, the slowest one stands against the others.
//
// Holds 16 bytes for each execution among the slowest 1 % of all that the set has, and the sums of
// each parallel worker's run.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "analyze/calls/execution_figures.h"
#include "analyze/calls/function_sums.h"
#include "analyze/calls/selection.h"
#include "analyze/calls/wanted_executions.h"

namespace pgrec {

// What one side comes to.
struct OutlierSide {
  ExecutionFigures figures;
  std::uint64_t prepared = 0;  // of which it is known how long they were prepared
  Duration prepare{};
  std::array<std::uint64_t, kMeasures.size()> measured{};  // how many have each measure
  FunctionSums functions;                                  // with the calls of parallel workers
  Timestamp first = Timestamp::max(), last = Timestamp::min();  // when they began
  std::map<std::uint32_t, std::uint64_t> by_pid;                // executions

  void add(const ExecutionRecord& execution, const CallSelection& calls);
  void merge(const OutlierSide& other);
  // The process with the most executions, the one with the lower pid of several, and how many these
  // are.
  std::pair<std::uint32_t, std::uint64_t> most_frequent_pid() const;
};

struct Outliers {
  Duration from{};  // the shortest of the slow ones
  OutlierSide slow, others;
};

// Nothing where the statement has no wanted execution with a duration. `statement`: its place in
// the table's rows(). By two passes, and one more where parallel workers made calls.
std::optional<Outliers> find_outliers(const WantedExecutions& wanted, const StatementTable& table,
                                      std::size_t statement, const CallSelection& calls);

}  // namespace pgrec

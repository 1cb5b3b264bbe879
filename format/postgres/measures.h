// What is measured of an execution: one table. From it come the arguments of its classes
// (execution_classes.h), the columns of `pgrec sql`, and the members of a slow-query log's lines in
// JSON; tests and static_asserts hold to it what is written out elsewhere.
//
// To add a measure is to add a line here, a word of `enum wire_usage` with what fills it in the
// kernel, and its place in record/kernel/wire_measures.h. The relations have a column for each line
// (analyze/sql/execution_columns.h, statement_relation.h). What is forgotten of these does not
// compile, or fails a test.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace pgrec {

// What the build of a server tells of its executions.
struct KnownOfExecutions {
  bool query_ids = false;
  bool buffers = false;
  bool wal = false;
  bool sqlstates = false;
  // Of any version whose structures are known.
  bool errors = true;  // whether it failed
  bool rows = true;
  bool operator==(const KnownOfExecutions&) const = default;
};

struct Measure {
  std::string_view name;             // of the argument, of the column, of the member in JSON
  std::string_view unit;             // of the argument, as ArgumentType::unit
  bool KnownOfExecutions::*known;    // says whether the server tells it; null: every server does
  std::size_t counter = kNoCounter;  // its place among the server's counters, from 0

  // It is no counter: the completion tells it.
  static constexpr std::size_t kNoCounter = static_cast<std::size_t>(-1);
};

// In the order of the columns. Counters tell what the server did from when the execution ran until
// it completed, nested statements included, and stand in the arguments in this order.
inline constexpr auto kMeasures = std::to_array<Measure>({
    {"rows", "rows", &KnownOfExecutions::rows},  // retrieved or affected
    {"shared_hit", "blocks", &KnownOfExecutions::buffers, 0},
    {"shared_read", "blocks", &KnownOfExecutions::buffers, 1},
    {"shared_dirtied", "blocks", &KnownOfExecutions::buffers, 2},
    {"shared_written", "blocks", &KnownOfExecutions::buffers, 3},
    {"temp_read", "blocks", &KnownOfExecutions::buffers, 4},
    {"temp_written", "blocks", &KnownOfExecutions::buffers, 5},
    {"wal_records", "", &KnownOfExecutions::wal, 6},
    {"wal_fpi", "", &KnownOfExecutions::wal, 7},  // full page images
    {"wal_bytes", "bytes", &KnownOfExecutions::wal, 8},
});

constexpr bool is_counted(const Measure& measure) {
  return measure.counter != Measure::kNoCounter;
}

// Whether a server that tells `known` tells the measure.
constexpr bool is_known(const Measure& measure, const KnownOfExecutions& known) {
  return !measure.known || known.*measure.known;
}

inline constexpr std::size_t kCounters =
    static_cast<std::size_t>(std::count_if(kMeasures.begin(), kMeasures.end(), is_counted));

}  // namespace pgrec

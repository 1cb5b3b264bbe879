// What the executions come to, statement by statement, and the longest of them: the part of a
// summary (summary.h) from which a reader says which statements a trace is about, without reading
// a chunk.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "format/event.h"
#include "format/frame/bytes.h"
#include "format/layout.h"
#include "format/table/log_histogram.h"

namespace pgrec {

// As what executions are put together. A reader that knows more of texts than a fingerprint (that
// of a utility statement, say, the query id is of its literals) adds up rows.
struct StatementKey {
  std::uint64_t fingerprint = 0;  // of the text, as Text::fingerprint; 0: not known
  std::uint64_t query_id = 0;     // 0: none was said
  TextId text{};                  // where the fingerprint is 0; else always TextId{0}
  bool operator==(const StatementKey&) const = default;
  auto operator<=>(const StatementKey&) const = default;
};

// The calls of one function in the executions of one statement.
struct StatementFunction {
  std::uint64_t calls = 0;     // that got their ids here: entered or headless
  std::uint64_t returned = 0;  // here
  Duration total{};            // of those that returned
  Duration self{};             // of those that returned
  void merge(const StatementFunction& other) {
    calls = add_capped(calls, other.calls);
    returned = add_capped(returned, other.returned);
    total = add_capped(total, other.total);
    self = add_capped(self, other.self);
  }
  bool operator==(const StatementFunction&) const = default;
};

// The sum of a measure over the executions that told it, and how many these are.
struct MeasureSum {
  std::uint64_t sum = 0;
  std::uint64_t told = 0;
  void merge(const MeasureSum& other);
  bool operator==(const MeasureSum&) const = default;
};

// Executions are those that ended here and ran: neither preparations nor parallel workers' parts.
// Calls are of those and of all others: of executions whose end is in a later chunk, or that were
// no such executions, they stand in a row without a query id, which may have nothing else.
struct StatementSummary {
  std::uint64_t executions = 0;
  // Of those whose end was seen: how many said how they ended, and how many of these by an error.
  std::uint64_t said = 0;
  std::uint64_t errors = 0;
  std::uint64_t lost = 0;  // ended unseen
  TextId first_text{};     // the smallest id of their texts
  Duration total{};        // of those whose end was seen; as durations.total()
  Duration max{};
  LogHistogram durations;
  // In the order of docs/format.md ("Classes of executions"): rows, shared_hit, …
  std::array<MeasureSum, layout::kMaxStatementMeasures> measures{};
  std::map<FunctionId, StatementFunction> functions;

  void add(Duration duration) {
    total = add_capped(total, duration);
    if (duration > max) max = duration;
    durations.add(duration);
  }
  void merge(const StatementSummary& other);
  bool operator==(const StatementSummary&) const = default;
};

using Statements = std::map<StatementKey, StatementSummary>;

// Adds `other` to `sum`, as far as the bounds of layout.h allow. False where that is not all of it.
bool merge_statements(Statements& sum, const Statements& other);

// Takes away the last rows that pass the bounds. False where there were some.
bool keep_within_bounds(Statements& statements);

// One of the longest executions that ran and whose end was seen.
struct LongExecution {
  Duration duration{};
  Timestamp begun{};
  ExecutionId id{};
  TextId text{};
  ThreadKey thread;
  bool operator==(const LongExecution&) const = default;
};

// The order in which they stand: the longest first, of equal ones that of the lower id.
inline bool longer(const LongExecution& a, const LongExecution& b) {
  return a.duration != b.duration ? a.duration > b.duration : a.id < b.id;
}

// The tables as they stand in a summary.
void put_statements(Bytes& out, const Statements& statements);
void put_longest(Bytes& out, const std::vector<LongExecution>& longest);
// What put_statements() makes of them, about, without making it.
std::size_t about_bytes_of(const Statements& statements);
// Nothing where the bytes are none, or pass a bound. Of `longest` at most `most` rows are taken.
std::optional<Statements> get_statements(ByteReader& in);
std::optional<std::vector<LongExecution>> get_longest(ByteReader& in, std::size_t most);

}  // namespace pgrec

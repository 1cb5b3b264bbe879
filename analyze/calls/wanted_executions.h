// The executions that a view is made of: those of a set that are wanted, and what is asked of each
// in common.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "analyze/calls/execution_pass.h"
#include "analyze/calls/selection.h"
#include "analyze/calls/statement_table.h"

namespace pgrec {

// Borrows all.
struct WantedExecutions {
  TraceSet& set;
  const ExecutionSelection& selection;
  const PassOptions& options;

  // For a pass that reads what can have one of them.
  ExecutionQuery query() const {
    ExecutionQuery query;
    query.range = selection.range;
    return query;
  }
  // Whether it is an execution, and wanted.
  bool has(const ExecutionRecord& execution) const {
    return execution.facts.kind == ExecutionFacts::Kind::kRun && selection.wants(execution);
  }
};

// When the recordings of a set end: until then an execution that is open ran.
class RecordingEnds {
 public:
  explicit RecordingEnds(const TraceSet& set);

  Timestamp of(const TraceSet::File& file) const { return by_file_[file.number]; }
  // How long it took, or by the end of its recording, where it is open; nothing where its end is
  // lost.
  std::optional<Duration> time_taken(const ExecutionRecord& execution) const {
    return pgrec::time_taken(execution, of(*execution.file));
  }

 private:
  std::vector<Timestamp> by_file_;
};

// Of which statement executions are, remembered for those met lately. Of one thread. Borrows the
// table; copies look up for themselves.
class StatementPlaces {
 public:
  explicit StatementPlaces(const StatementTable& table) : table_(&table) {}

  // Place in the table's rows(), as StatementTable::of().
  std::optional<std::size_t> operator()(const ExecutionRecord& execution) {
    const Said said = table_->texts().said(*execution.file, execution.own_text());
    const std::optional<std::int64_t>& query_id = execution.facts.query_id;
    const std::uint64_t mixed = value(said) ^ static_cast<std::uint64_t>(query_id.value_or(0));
    Met& met = met_[(mixed * 0x9E3779B97F4A7C15u) >> (64 - kBits)];
    if (!met.is_known || met.said != said || met.query_id != query_id)
      met = {true, said, query_id, table_->of(said, query_id)};
    return met.place;
  }
  // The same by the text alone, as of a worker's run: nobody tells a worker a query id. Nothing
  // where executions of the text are of several statements.
  std::optional<std::size_t> by_text(const ExecutionRecord& run) {
    const Said said = table_->texts().said(*run.file, run.own_text());
    return table_->query_ids_of(said) > 1 ? std::nullopt : (*this)(run);
  }

 private:
  static std::uint64_t value(Said said) { return static_cast<std::uint64_t>(said); }

  static constexpr unsigned kBits = 8;
  struct Met {
    bool is_known = false;
    Said said = kNothingSaid;
    std::optional<std::int64_t> query_id;
    std::optional<std::size_t> place;
  };
  const StatementTable* table_;
  std::array<Met, 1u << kBits> met_{};
};

}  // namespace pgrec

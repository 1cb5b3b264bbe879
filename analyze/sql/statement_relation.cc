#include "analyze/sql/statement_relation.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analyze/calls/execution_pass.h"
#include "analyze/sql/made_relation.h"
#include "format/postgres/measures.h"

namespace pgrec {
namespace {

struct StatementColumn {
  enum : int {
    kId,
    kText,
    kExecutions,
    kTotal,
    kFingerprint,
    kQueryId,
    kErrors,
    kFirstMeasure,
  };
};

std::vector<RelationColumn> columns_of_statements() {
  std::vector<RelationColumn> columns = {{"statement_id", ColumnKind::kInteger, true},
                                         {"text", ColumnKind::kText},
                                         {"executions", ColumnKind::kInteger},
                                         {"total_ns", ColumnKind::kInteger},
                                         {"fingerprint", ColumnKind::kText},
                                         {"query_id", ColumnKind::kInteger},
                                         {"errors", ColumnKind::kInteger}};
  for (const Measure& measure : kMeasures)
    columns.push_back({std::string(measure.name), ColumnKind::kInteger});
  return columns;
}

std::int64_t sum_of(std::int64_t a, std::int64_t b) {
  return add_capped(Duration(a), Duration(b)).count();
}

// What the executions of a statement come to.
struct StatementSum {
  std::int64_t executions = 0, errors = 0;
  bool is_told = false;  // of one how it ended
  Duration total{};
  std::optional<std::int64_t> least_query_id, largest_query_id;
  std::array<std::optional<std::int64_t>, kMeasures.size()> measures;

  void add_query_ids(std::int64_t least, std::int64_t largest) {
    least_query_id = std::min(least_query_id.value_or(least), least);
    largest_query_id = std::max(largest_query_id.value_or(largest), largest);
  }
  void merge(const StatementSum& other) {
    executions += other.executions;
    errors += other.errors;
    is_told = is_told || other.is_told;
    total = add_capped(total, other.total);
    if (other.least_query_id) add_query_ids(*other.least_query_id, *other.largest_query_id);
    for (std::size_t i = 0; i < measures.size(); ++i) {
      if (other.measures[i]) measures[i] = sum_of(measures[i].value_or(0), *other.measures[i]);
    }
  }
};

struct StatementTotals {
  explicit StatementTotals(const StatementTable& of) : table(&of), all(of.rows().size()) {}

  void add(const ExecutionRecord& execution) {
    const ExecutionFacts& facts = execution.facts;
    if (facts.kind != ExecutionFacts::Kind::kRun) return;
    const auto place = table->of(execution);
    if (!place) return;
    StatementSum& sum = all[*place];
    ++sum.executions;
    const bool has_ended = execution.duration && !execution.end_lost;
    if (execution.duration) sum.total = add_capped(sum.total, *execution.duration);
    if (has_ended && facts.end != ExecutionFacts::End::kNotSaid) {
      sum.is_told = true;
      if (facts.end == ExecutionFacts::End::kFailed) ++sum.errors;
    }
    if (facts.query_id) sum.add_query_ids(*facts.query_id, *facts.query_id);
    for (std::size_t i = 0; i < sum.measures.size(); ++i) {
      if (facts.measures[i])
        sum.measures[i] = sum_of(sum.measures[i].value_or(0), *facts.measures[i]);
    }
  }
  void merge(const StatementTotals& other) {
    for (std::size_t i = 0; i < all.size(); ++i)
      all[i].merge(other.all[i]);
  }

  const StatementTable* table;
  std::vector<StatementSum> all;  // by place
};

void add_statements(SetSource& source, RowBatch& batch) {
  const StatementTable& table = source.analysis().statements();
  const StatementTotals sums = sum_executions(source.set(), ExecutionQuery{},
                                              StatementTotals(table), source.analysis().options());
  for (std::size_t i = 0; i < table.rows().size(); ++i) {
    const StatementRow& row = table.rows()[i];
    const StatementSum& sum = sums.all[i];
    batch.begin_row(row.id);
    batch.put(StatementColumn::kId, row.id);
    if (batch.wants(StatementColumn::kText)) batch.put(StatementColumn::kText, table.text(row));
    batch.put(StatementColumn::kExecutions, sum.executions);
    batch.put(StatementColumn::kTotal, std::int64_t{sum.total.count()});
    if (batch.wants(StatementColumn::kFingerprint))
      batch.put(StatementColumn::kFingerprint, table.fingerprint(row));
    if (sum.least_query_id == sum.largest_query_id)
      batch.put(StatementColumn::kQueryId, sum.least_query_id);
    if (sum.is_told) batch.put(StatementColumn::kErrors, sum.errors);
    for (std::size_t measure = 0; measure < kMeasures.size(); ++measure)
      batch.put(StatementColumn::kFirstMeasure + static_cast<int>(measure), sum.measures[measure]);
  }
}

}  // namespace

std::shared_ptr<Relation> statement_relation(std::shared_ptr<SetSource> source) {
  return std::make_shared<MadeRelation>("statements", columns_of_statements(),
                                        MadeRelation::Rows::kStay,
                                        [source = std::move(source)](RowBatch& batch) {
                                          if (!source->is_empty()) add_statements(*source, batch);
                                        });
}

}  // namespace pgrec

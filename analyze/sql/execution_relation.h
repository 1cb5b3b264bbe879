// The relations `executions`, `preparations` and `worker_runs`: rows as a pass over executions
// finds them, in the order in which they ended, or one by its id.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "analyze/sql/execution_columns.h"
#include "analyze/sql/relation.h"
#include "analyze/sql/set_source.h"

namespace pgrec {

class ExecutionRelation final : public Relation {
 public:
  ExecutionRelation(std::shared_ptr<SetSource> source, ExecutionFacts::Kind kind)
      : source_(std::move(source)), kind_(kind), columns_(execution_columns(kind)) {}

  std::string name() const override;
  std::vector<RelationColumn> columns() const override;
  bool numbers_rows() const override { return true; }
  Plan best_plan(const Question& question) override;
  std::unique_ptr<Cursor> open(const Scan& scan) override;

 private:
  enum PlanNumber : int { kScan, kById };

  std::shared_ptr<SetSource> source_;
  ExecutionFacts::Kind kind_;
  std::vector<ExecutionColumn> columns_;
  std::shared_ptr<RowBatch> row_of(ExecutionId id, ColumnSet columns);

  std::unique_ptr<ExecutionLookup> lookup_;
  // The row that was found last, by the columns that it has: joins ask for one again and again.
  struct Found {
    std::unique_ptr<ExecutionRowWriter> writer;
    ExecutionId id = kNoExecution;
    std::shared_ptr<RowBatch> row;
  };
  std::map<std::uint64_t, Found> found_;
};

// The conditions of a scan that an execution can be held to before its row is made.
class ExecutionConditions {
 public:
  static bool knows(ExecutionField field);

  ExecutionConditions(const std::vector<ExecutionColumn>& columns, const Scan& scan);

  // By `writer` the statement.
  bool hold(const ExecutionRecord& execution, ExecutionRowWriter& writer) const;
  bool need_statements() const { return need_statements_; }
  // When it can have begun.
  TimeRange range() const;

 private:
  struct One {
    ExecutionField field{};
    NumberRange range;
    std::string text;
  };
  std::vector<One> all_;
  bool need_statements_ = false;
};

}  // namespace pgrec

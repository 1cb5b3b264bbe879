#include "analyze/sql/execution_relation.h"

#include <algorithm>

#include "analyze/calls/execution_pass.h"
#include "analyze/sql/bounds.h"
#include "analyze/sql/row_stream.h"

namespace pgrec {
namespace {

using Field = ExecutionField;

std::vector<RelationColumn> plain(const std::vector<ExecutionColumn>& columns) {
  std::vector<RelationColumn> all;
  for (const ExecutionColumn& one : columns)
    all.push_back(one.column);
  return all;
}

// With what the conditions look at.
ColumnSet with_statement(const std::vector<ExecutionColumn>& columns, ColumnSet wanted) {
  std::uint64_t bits = wanted.bits();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].field == Field::kStatement) bits |= std::uint64_t{1} << i;
  }
  return ColumnSet(bits);
}

class ExecutionScan final : public Cursor {
 public:
  ExecutionScan(SetSource& source, ExecutionFacts::Kind kind,
                const std::vector<ExecutionColumn>& columns, const Scan& scan)
      : conditions_(columns, scan),
        writer_(
            source, columns,
            conditions_.need_statements() ? with_statement(columns, scan.columns) : scan.columns),
        stream_(plain(columns), scan.columns,
                [this, &set = source.set(), kind, range = range_of_begin(source),
                 options = source.analysis().options()](RowStream::Into& into) {
                  run(set, kind, range, options, into);
                }) {}

  bool next(Block& block) override {
    RowBatch* const batch = stream_.next();
    if (!batch) return false;
    batch->fill(block, true);
    return true;
  }

 private:
  // What began in a chunk that is lost is known only from chunks behind it.
  TimeRange range_of_begin(SetSource& source) const {
    const ChunkList& chunks = source.chunks();
    for (std::size_t i = 0; i < chunks.size(); ++i) {
      if (chunks[i].execution_gap_from < chunks[i].first_execution()) return {};
    }
    return conditions_.range();
  }
  void run(TraceSet& set, ExecutionFacts::Kind kind, const TimeRange& range, PassOptions options,
           RowStream::Into& into) {
    struct Sink final : ExecutionSink {
      Sink(ExecutionScan& of, ExecutionFacts::Kind of_kind, RowStream::Into& to)
          : scan(of), kind(of_kind), into(to) {}
      void execution(const ExecutionRecord& execution) override {
        if (execution.facts.kind != kind) return;
        if (scan.conditions_.hold(execution, scan.writer_))
          scan.writer_.write(execution, into.batch());
      }
      bool is_done() const override { return into.is_done(); }
      ExecutionScan& scan;
      ExecutionFacts::Kind kind;
      RowStream::Into& into;
    } sink(*this, kind, into);
    options.progress = {};
    ExecutionQuery query;
    query.range = range;
    for_each_execution(set, query, sink, options);
  }

  ExecutionConditions conditions_;
  ExecutionRowWriter writer_;
  RowStream stream_;
};

class OneExecution final : public Cursor {
 public:
  explicit OneExecution(std::shared_ptr<RowBatch> row) : row_(std::move(row)) {}

  bool next(Block& block) override {
    if (row_->size() == 0 || std::exchange(done_, true)) return false;
    row_->fill(block, true);
    return true;
  }

 private:
  std::shared_ptr<RowBatch> row_;
  bool done_ = false;
};

double share_of(const ExecutionField field, Compare compare) {
  const bool is_equal = compare == Compare::kEqual;
  if (field == Field::kTs || field == Field::kDuration) return is_equal ? 1e-5 : 0.1;
  return is_equal ? 0.1 : 0.5;
}

}  // namespace

bool ExecutionConditions::knows(ExecutionField field) {
  switch (field) {
    case Field::kPid:
    case Field::kTs:
    case Field::kDuration:
    case Field::kStatement:
    case Field::kOutcome:
    case Field::kProcess:
    case Field::kApplication:
    case Field::kDatabase:
    case Field::kUser:
    case Field::kTrace:
      return true;
    default:
      return false;
  }
}

ExecutionConditions::ExecutionConditions(const std::vector<ExecutionColumn>& columns,
                                         const Scan& scan) {
  for (const Bound& bound : scan.bounds) {
    One one;
    one.field = columns[static_cast<std::size_t>(bound.column)].field;
    if (const auto* text = std::get_if<std::string>(&bound.value))
      one.text = *text;
    else
      one.range = range_of(bound);
    need_statements_ = need_statements_ || one.field == Field::kStatement;
    all_.push_back(std::move(one));
  }
}

TimeRange ExecutionConditions::range() const {
  NumberRange numbers;
  for (const One& one : all_) {
    if (one.field == Field::kTs) numbers.narrow(one.range);
  }
  TimeRange range;
  range.from = from_ns(numbers.from);
  if (numbers.to != NumberRange{}.to) range.to = from_ns(numbers.to + 1);
  return range;
}

bool ExecutionConditions::hold(const ExecutionRecord& execution, ExecutionRowWriter& writer) const {
  return std::all_of(all_.begin(), all_.end(), [&](const One& one) {
    switch (one.field) {
      case Field::kPid:
        return one.range.has(execution.thread.pid);
      case Field::kTs:
        return one.range.has(to_ns(execution.begun));
      case Field::kDuration:
        return execution.duration && one.range.has(execution.duration->count());
      case Field::kStatement: {
        const auto statement = writer.statement_of(execution);
        return statement && one.range.has(*statement);
      }
      case Field::kOutcome:
        return one.text == outcome_of(execution);
      case Field::kProcess: {
        const auto* process = process_of(execution);
        return process && one.range.has(process->process_id);
      }
      case Field::kApplication:
        return !one.text.empty() && session_of(execution).application == one.text;
      case Field::kDatabase: {
        const auto* process = process_of(execution);
        return process && process->identity.database == one.text;
      }
      case Field::kUser:
        return !one.text.empty() && session_of(execution).user == one.text;
      case Field::kTrace:
        return one.range.has(execution.file->trace);
      default:
        return true;
    }
  });
}

std::string ExecutionRelation::name() const {
  switch (kind_) {
    case ExecutionFacts::Kind::kPreparation:
      return "preparations";
    case ExecutionFacts::Kind::kWorkerRun:
      return "worker_runs";
    case ExecutionFacts::Kind::kRun:
      break;
  }
  return "executions";
}

std::vector<RelationColumn> ExecutionRelation::columns() const {
  return plain(columns_);
}

Plan ExecutionRelation::best_plan(const Question& question) {
  Plan plan;
  plan.uses.assign(question.constraints.size(), Plan::Use::kNone);
  for (std::size_t i = 0; i < question.constraints.size(); ++i) {
    const Constraint& one = question.constraints[i];
    if (one.column != 0 || one.compare != Compare::kEqual) continue;
    plan.number = kById;
    plan.uses[i] = Plan::Use::kExact;
    plan.one_row = true;
    plan.cost = 60;
    plan.rows = 1;
    return plan;
  }
  const double all = source_->is_empty() ? 1e6 : static_cast<double>(source_->set().executions());
  const double calls = source_->is_empty() ? 1e8 : static_cast<double>(source_->set().calls());
  plan.number = kScan;
  plan.rows = all + 1;
  double range = 1;
  for (std::size_t i = 0; i < question.constraints.size(); ++i) {
    const Constraint& one = question.constraints[i];
    const ExecutionField field = columns_[static_cast<std::size_t>(one.column)].field;
    if (!ExecutionConditions::knows(field)) continue;
    plan.uses[i] = Plan::Use::kExact;
    plan.rows *= share_of(field, one.compare);
    if (field == Field::kTs) range *= share_of(field, one.compare);
  }
  plan.rows = std::max(plan.rows, 1.0);
  plan.cost = plan.rows + (all + calls / 20) * range + 1000;
  return plan;
}

std::unique_ptr<Cursor> ExecutionRelation::open(const Scan& scan) {
  if (source_->is_empty()) return std::make_unique<NoRows>();
  if (scan.plan == kScan) return std::make_unique<ExecutionScan>(*source_, kind_, columns_, scan);
  std::int64_t id = -1;
  for (const Bound& bound : scan.bounds)
    id = std::get<std::int64_t>(bound.value);
  if (id < 0) return std::make_unique<NoRows>();
  return std::make_unique<OneExecution>(
      row_of(ExecutionId{static_cast<std::uint64_t>(id)}, scan.columns));
}

std::shared_ptr<RowBatch> ExecutionRelation::row_of(ExecutionId id, ColumnSet columns) {
  if (!lookup_) {
    lookup_ = std::make_unique<ExecutionLookup>(source_->set(), source_->chunks(),
                                                source_->analysis().options());
  }
  Found& found = found_[columns.bits()];
  if (!found.writer)
    found.writer = std::make_unique<ExecutionRowWriter>(*source_, columns_, columns);
  if (found.row && found.id == id) return found.row;
  found.row = std::make_shared<RowBatch>(plain(columns_), columns);
  found.id = id;
  const ExecutionRecord* const execution = lookup_->find(id);
  if (execution && execution->facts.kind == kind_) found.writer->write(*execution, *found.row);
  return found.row;
}

}  // namespace pgrec

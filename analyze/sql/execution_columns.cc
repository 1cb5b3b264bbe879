#include "analyze/sql/execution_columns.h"

#include <algorithm>

#include "analyze/sql/row_batch.h"
#include "analyze/sql/wall_clock.h"
#include "format/postgres/measures.h"
#include "format/postgres/text_fingerprint.h"

namespace pgrec {
namespace {

using Field = ExecutionField;
using RowKind = ExecutionFacts::Kind;

// Some ten megabytes.
constexpr std::size_t kMostShownBytes = 8u << 20;

std::vector<ExecutionColumn> beginning() {
  return {{{"execution_id", ColumnKind::kInteger, true}, Field::kId},
          {{"pid", ColumnKind::kInteger}, Field::kPid},
          {{"ts_ns", ColumnKind::kInteger}, Field::kTs},
          {{"duration_ns", ColumnKind::kInteger}, Field::kDuration}};
}

void add(std::vector<ExecutionColumn>& to, std::vector<ExecutionColumn> more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

std::vector<ExecutionColumn> statement_columns() {
  return {{{"statement_id", ColumnKind::kInteger}, Field::kStatement},
          {{"text", ColumnKind::kText}, Field::kText},
          {{"outcome", ColumnKind::kText}, Field::kOutcome},
          {{"cut", ColumnKind::kInteger}, Field::kCut},
          {{"process_id", ColumnKind::kInteger}, Field::kProcess}};
}

std::vector<ExecutionColumn> session_columns() {
  return {{{"application", ColumnKind::kText}, Field::kApplication},
          {{"database", ColumnKind::kText}, Field::kDatabase},
          {{"user", ColumnKind::kText}, Field::kUser},
          {{"session_user", ColumnKind::kText}, Field::kSessionUser}};
}

std::vector<ExecutionColumn> place_columns() {
  return {{{"trace", ColumnKind::kInteger}, Field::kTrace},
          {{"at", ColumnKind::kText}, Field::kAt}};
}

ExecutionColumn measure_column(std::size_t measure) {
  return {
      {std::string(kMeasures[measure].name), ColumnKind::kInteger}, Field::kFirstMeasure, measure};
}

std::vector<ExecutionColumn> columns_of_runs() {
  std::vector<ExecutionColumn> columns = beginning();
  add(columns, statement_columns());
  const auto rows =
      static_cast<std::size_t>(std::find_if(kMeasures.begin(), kMeasures.end(),
                                            [](const Measure& one) { return !is_counted(one); }) -
                               kMeasures.begin());
  add(columns, {measure_column(rows),
                {{"query_id", ColumnKind::kInteger}, Field::kQueryId},
                {{"sqlstate", ColumnKind::kText}, Field::kSqlstate},
                {{"prepare_ns", ColumnKind::kInteger}, Field::kPrepare},
                {{"run_ns", ColumnKind::kInteger}, Field::kRun},
                {{"text_bytes", ColumnKind::kInteger}, Field::kTextBytes}});
  for (std::size_t i = 0; i < kMeasures.size(); ++i) {
    if (i != rows) columns.push_back(measure_column(i));
  }
  columns.push_back({{"running_ns", ColumnKind::kInteger}, Field::kRunning});
  add(columns, session_columns());
  add(columns, place_columns());
  return columns;
}

}  // namespace

std::vector<ExecutionColumn> execution_columns(RowKind kind) {
  if (kind == RowKind::kRun) return columns_of_runs();
  std::vector<ExecutionColumn> columns = beginning();
  if (kind == RowKind::kWorkerRun) {
    add(columns, {{{"leader_pid", ColumnKind::kInteger}, Field::kLeaderPid},
                  {{"leader_execution_id", ColumnKind::kInteger}, Field::kLeaderExecution}});
  }
  add(columns, statement_columns());
  if (kind == RowKind::kPreparation) add(columns, session_columns());
  add(columns, place_columns());
  return columns;
}

ExecutionRowWriter::ExecutionRowWriter(SetSource& source,
                                       const std::vector<ExecutionColumn>& columns,
                                       ColumnSet wanted)
    : set_(source.set()), columns_(columns) {
  bool is_of_workers = false, wants_statement = false;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Field field = columns[i].field;
    is_of_workers = is_of_workers || field == Field::kLeaderPid;
    if (!wanted.has(static_cast<int>(i))) continue;
    wants_statement = wants_statement || field == Field::kStatement;
    if (field == Field::kText || field == Field::kCut || field == Field::kTextBytes)
      texts_ = &source.analysis().texts();
    if (field == Field::kLeaderExecution) leaders_ = &source.leaders();
  }
  if (!wants_statement) return;
  statements_ = &source.analysis().statements();
  if (!is_of_workers) return;
  leaders_ = &source.leaders();
  executions_ =
      std::make_unique<ExecutionLookup>(source.set(), source.chunks(), source.analysis().options());
}

void ExecutionRowWriter::write(const ExecutionRecord& execution, RowBatch& batch) {
  batch.begin_row(as_integer64(value(execution.id)));
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const int place = static_cast<int>(i);
    if (batch.wants(place)) put(columns_[i], place, execution, batch);
  }
}

// A worker runs its leader's statement: nobody tells it a query id.
std::optional<std::int64_t> ExecutionRowWriter::statement_of(const ExecutionRecord& execution) {
  if (!statements_) return std::nullopt;
  const ExecutionRecord* of = &execution;
  if (execution.facts.kind == RowKind::kWorkerRun && executions_) {
    if (const auto leader = leaders_->of(execution.id)) {
      of = executions_->find(*leader);
      if (!of) return std::nullopt;
    }
  }
  const auto place = statements_->of(*of);
  return place ? std::optional(statements_->rows()[*place].id) : std::nullopt;
}

const ExecutionRowWriter::ShownText& ExecutionRowWriter::text_of(const ExecutionRecord& execution) {
  const TextId id = execution.own_text();
  const std::uint64_t key = std::uint64_t{execution.file->number} << 32 | value(id);
  const auto known_text = shown_.find(key);
  if (known_text != shown_.end()) return known_text->second;
  if (shown_bytes_ > kMostShownBytes) {
    shown_.clear();
    shown_bytes_ = 0;
  }
  ShownText& shown = shown_[key];
  if (auto text = texts_->find(*execution.file, id)) {
    shown.is_known = true;
    shown.cut = text->cut;
    if (text->query_bytes != 0)
      shown.bytes = as_integer64(text->query_bytes);
    else if (!text->cut && is_verbatim(*text))
      shown.bytes = as_integer64(text->text.size());
    if (!text->unreadable && !text->withheld) shown.text = std::move(text->text);
  }
  shown_bytes_ += 200 + (shown.text ? shown.text->size() : 0);
  return shown;
}

void ExecutionRowWriter::put(const ExecutionColumn& column, int place,
                             const ExecutionRecord& execution, RowBatch& batch) {
  const ExecutionFacts& facts = execution.facts;
  switch (column.field) {
    case Field::kId:
      return batch.put(place, as_integer64(value(execution.id)));
    case Field::kPid:
      return batch.put(place, std::int64_t{execution.thread.pid});
    case Field::kTs:
      return batch.put(place, to_ns(execution.begun));
    case Field::kDuration:
      if (execution.duration) batch.put(place, std::int64_t{execution.duration->count()});
      return;
    case Field::kStatement:
      return batch.put(place, statement_of(execution));
    case Field::kText:
      return batch.put(place, text_of(execution).text);
    case Field::kOutcome:
      return batch.put(place, outcome_of(execution));
    case Field::kCut:
      if (text_of(execution).is_known) batch.put(place, std::int64_t{text_of(execution).cut});
      return;
    case Field::kProcess:
      if (const auto* process = process_of(execution)) batch.put(place, process->process_id);
      return;
    case Field::kQueryId:
      return batch.put(place, facts.query_id);
    case Field::kSqlstate:
      return batch.put(place, facts.sqlstate);
    case Field::kPrepare:
      return batch.put(place, facts.prepare_ns);
    case Field::kRun:
      return batch.put(place, run_ns(execution));
    case Field::kTextBytes:
      return batch.put(place, text_of(execution).bytes);
    case Field::kRunning:
      return batch.put(place, facts.running_ns);
    case Field::kApplication:
      return batch.put(place, known(session_of(execution).application));
    case Field::kDatabase:
      if (const auto* process = process_of(execution)) batch.put(place, process->identity.database);
      return;
    case Field::kUser:
      return batch.put(place, known(session_of(execution).user));
    case Field::kSessionUser:
      return batch.put(place, known(session_of(execution).session_user));
    case Field::kLeaderPid:
      return batch.put(place, leader_pid_of(execution));
    case Field::kLeaderExecution:
      if (const auto leader = leaders_->of(execution.id))
        batch.put(place, as_integer64(value(*leader)));
      return;
    case Field::kTrace:
      return batch.put(place, std::int64_t{execution.file->trace});
    case Field::kAt:
      return batch.put(place, sortable_utc_text(set_, *execution.file, execution.begun));
    case Field::kFirstMeasure:
      return batch.put(place, facts.measures[column.measure]);
  }
}

}  // namespace pgrec

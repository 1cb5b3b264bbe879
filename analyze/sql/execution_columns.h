// The columns of the relations `executions`, `preparations` and `worker_runs`, and their rows.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "analyze/calls/execution_lookup.h"
#include "analyze/calls/execution_record.h"
#include "analyze/sql/row_batch.h"
#include "analyze/sql/set_source.h"

namespace pgrec {

enum class ExecutionField : std::uint8_t {
  kId,
  kPid,
  kTs,
  kDuration,
  kStatement,
  kText,
  kOutcome,
  kCut,
  kProcess,
  kQueryId,
  kSqlstate,
  kPrepare,
  kRun,
  kTextBytes,
  kRunning,
  kApplication,
  kDatabase,
  kUser,
  kSessionUser,
  kLeaderPid,
  kLeaderExecution,
  kTrace,
  kAt,
  kFirstMeasure,  // as kMeasures (format/postgres/measures.h)
};

struct ExecutionColumn {
  RelationColumn column;
  ExecutionField field{};
  std::size_t measure = 0;  // of kFirstMeasure
};

// Of the relation of these.
std::vector<ExecutionColumn> execution_columns(ExecutionFacts::Kind kind);

// Writes rows. Made on the thread of the connection; then used by any one thread.
class ExecutionRowWriter {
 public:
  // Reads what the wanted columns need beside an execution itself: statements, leaders.
  ExecutionRowWriter(SetSource& source, const std::vector<ExecutionColumn>& columns,
                     ColumnSet wanted);

  void write(const ExecutionRecord& execution, RowBatch& batch);
  // As the column `statement_id`.
  std::optional<std::int64_t> statement_of(const ExecutionRecord& execution);

 private:
  // What the columns show of a text.
  struct ShownText {
    bool is_known = false;
    bool cut = false;
    std::optional<std::string> text;
    std::optional<std::int64_t> bytes;
  };
  const ShownText& text_of(const ExecutionRecord& execution);
  void put(const ExecutionColumn& column, int place, const ExecutionRecord& execution,
           RowBatch& batch);

  TraceSet& set_;
  std::vector<ExecutionColumn> columns_;
  const SetTexts* texts_ = nullptr;
  const StatementTable* statements_ = nullptr;
  const WorkerLeaders* leaders_ = nullptr;
  std::unique_ptr<ExecutionLookup> executions_;  // for the statements of leaders
  // By file and text; begun anew at a bound.
  std::unordered_map<std::uint64_t, ShownText> shown_;
  std::size_t shown_bytes_ = 0;
};

}  // namespace pgrec

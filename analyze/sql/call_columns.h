// The columns of the relation `calls`, and rows of it as blocks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analyze/calls/call_rows.h"
#include "analyze/sql/relation.h"
#include "analyze/sql/set_source.h"
#include "analyze/sql/wall_clock.h"

namespace pgrec {

enum CallColumn : int {
  kCallId,
  kCallTs,
  kCallDuration,
  kCallSelf,
  kCallPid,
  kCallTid,
  kCallFunction,
  kCallDepth,
  kCallParent,
  kCallExecution,
  kCallOutcome,
  kCallAtMost,
  kCallSelfAtMost,
  kCallFunctionId,
  kCallTrace,
  kCallAt,
  kCallColumns
};

std::vector<RelationColumn> call_columns();
// What has to be known of calls to show these.
CallFields fields_of(ColumnSet columns);

// Makes blocks; what is not in the rows it holds until the next.
class CallBlocks {
 public:
  // Borrows the source.
  CallBlocks(SetSource& source, ColumnSet columns) : source_(source), columns_(columns) {}

  // The rows from `from` to before `to`, which stay where they are.
  void fill(Block& block, const CallRows& rows, const TraceSet::File& file, std::size_t from,
            std::size_t to);

 private:
  void fill_at(Block& block, const CallRows& rows, const TraceSet::File& file, std::size_t from);

  SetSource& source_;
  ColumnSet columns_;
  std::vector<std::int64_t> traces_;
  SortableUtc utc_;
  std::string at_bytes_;
  std::vector<std::string_view> at_;
  std::vector<std::uint8_t> at_nulls_;
};

}  // namespace pgrec

// Calls of which a query knows the id, or the execution: those of a few chunks, which are kept for
// the next that are asked for.
#pragma once

#include <memory>

#include "analyze/sql/relation.h"
#include "analyze/sql/set_source.h"

namespace pgrec {

// Both borrow the source.
std::unique_ptr<Cursor> call_by_id(SetSource& source, ColumnSet columns, CallId id);
// Also those of its parallel workers.
std::unique_ptr<Cursor> calls_by_execution(SetSource& source, ColumnSet columns,
                                           ExecutionId execution);

}  // namespace pgrec

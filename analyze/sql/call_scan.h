// Runs through the chunks of a set that give the rows of `calls`.
#pragma once

#include <memory>
#include <vector>

#include "analyze/calls/calls_of_chunk.h"
#include "analyze/sql/relation.h"
#include "analyze/sql/set_source.h"

namespace pgrec {

// The conditions of a scan, as the workers know them.
struct CallConditions {
  // Whether a scan looks at conditions of the column, of every kind.
  static bool knows(int column, bool by_end);

  CallConditions(SetSource& source, const Scan& scan, bool by_end);

  CallWish wish;
  NumberRange traces;
  bool is_none = false;  // no row can be wanted
};

// `by_end`: those that returned, chunk by chunk as they did. Borrows the source.
std::unique_ptr<Cursor> scan_of_calls(SetSource& source, const Scan& scan, bool by_end);

}  // namespace pgrec

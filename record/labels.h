// The user's own words about a recording: --label KEY=VALUE, kept in the trace's metadata.
#pragma once

#include <string>
#include <vector>

#include "format/table/tables.h"

namespace pgrec {

// {"run=3", "note="} -> {"label.run", "3"}, {"label.note", ""}, in their order. A key is made of
// letters, digits, '_', '.' and '-'; what stands after the first '=' is the value. Throws
// UsageError for anything else, and for a key that is given twice.
Metadata parse_labels(const std::vector<std::string>& labels);

}  // namespace pgrec

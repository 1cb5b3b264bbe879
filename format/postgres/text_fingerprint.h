// As which statement a text of a trace is known.
#pragma once

#include <cstdint>

#include "format/table/tables.h"

namespace pgrec {

// Whether `text` holds the bytes of the query.
bool is_verbatim(const Text& text);

// What its row says, or else what its words have (statement_fingerprint.h). 0: what is not the
// query, and what the server says of itself (autovacuum), has none.
std::uint64_t fingerprint_of(const Text& text);

}  // namespace pgrec

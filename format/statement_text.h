// The text of a statement: a query with its literals replaced, so that executions that differ only
// in them are one statement. The only user of libpg_query.
#pragma once

#include <string>

namespace pgrec {

// `query` with each constant replaced by $1, $2, …, as PostgreSQL's own parser finds them. A text
// that does not parse (a cut one, another dialect), or is over 64 KiB, is its own statement.
std::string statement_text(const std::string& query);

}  // namespace pgrec

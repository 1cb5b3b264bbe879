// The relations of traces as table functions of any SQLite connection:
// `SELECT * FROM pgrec_calls('run.pgt')`.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "analyze/sql/relation.h"

struct sqlite3;

namespace pgrec {

// The relations of the set of traces in `files`; of no files, the same relations without a row,
// which have the columns, and make the plans, of those of every set. Throws Error.
using OpenRelations =
    std::function<std::vector<std::shared_ptr<Relation>>(const std::vector<std::string>& files)>;

// Adds pgrec_NAME for each relation that `open` gives, and the functions of
// analyze/sql/functions.h. A set is opened when a query first names it, and stays open as long as
// the connection. Throws Error.
void add_trace_functions(sqlite3* connection, OpenRelations open);

}  // namespace pgrec

// A set of traces as a plain SQLite database, for other tools.
#pragma once

#include <string>

#include "analyze/filter/analysis.h"

namespace pgrec {

// Writes the relations of analyze/sql/set_relations.h to a new database at `path`, as tables with
// indexes: of calls by execution, of executions by process and time and by statement. Throws as
// write_database_file() (analyze/sql/database_file.h).
void write_database(Analysis& analysis, const std::string& path, bool force);

}  // namespace pgrec

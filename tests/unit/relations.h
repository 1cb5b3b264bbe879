// The relations of pgrec sql of a trace, and the rows that a query gives.
#pragma once

#include <string>
#include <vector>

#include "analyze/sql/database.h"
#include "format/trace/trace_reader.h"

namespace pgrec::test {

// A database with the relations of the trace.
Database relations_of(TraceReader trace);

// The same of a trace in which nothing was recorded.
Database empty_relations();

// "1|a|NULL" of each row.
std::vector<std::string> rows_of(const Database& database, const std::string& sql);

}  // namespace pgrec::test

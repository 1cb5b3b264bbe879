// The relations of pgrec sql without a row in them, and the rows that a query gives.
#pragma once

#include <string>
#include <vector>

#include "analyze/sql/database.h"

namespace pgrec::test {

// A database with the relations of a trace in which nothing was recorded.
Database empty_relations();

// "1|a|NULL" of each row.
std::vector<std::string> rows_of(const Database& database, const std::string& sql);

}  // namespace pgrec::test

// Names that the relation `processes` shares with others. An execution has the application, the
// database and the users of its own time, and its process those that it began with; in a query that
// joins the two, a bare name of both is the execution's. SQLite would call it ambiguous.
#pragma once

#include <optional>
#include <string_view>

#include "analyze/sql/database.h"

namespace pgrec {

// As Database::prepare_next(), for one statement after the other: the one before is gone. Throws
// Error with SQLite's words.
std::optional<Statement> prepare_next_of_user(Database& database, std::string_view& sql);

}  // namespace pgrec

// Relations as SQLite's tables that compute their rows when these are asked for. What a relation
// throws is SQLite's error, in its words; nothing passes through SQLite.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "analyze/sql/relation.h"

struct sqlite3;

namespace pgrec {

// Makes `relation` a table of the database, listed as others are, which views may use too. Throws
// Error with SQLite's words.
void add_relation(sqlite3* connection, std::shared_ptr<Relation> relation);

// The relation that a table function means by its arguments, which are from one to kMaxArguments.
using OpenRelation =
    std::function<std::shared_ptr<Relation>(const std::vector<std::string>& arguments)>;
inline constexpr int kMaxArguments = 8;

// Makes the table function `name` of the connection: `SELECT … FROM name('a.pgt', 'b.pgt')`.
// `shape` has the columns, and plans before the arguments are known: what `open` gives must do what
// `shape` plans. Views and triggers may not use it, because it opens files. Throws Error.
void add_table_function(sqlite3* connection, const std::string& name,
                        std::shared_ptr<Relation> shape, OpenRelation open);

}  // namespace pgrec

// Relations as a plain SQLite file, which any SQLite tool opens.
#pragma once

#include <string>
#include <vector>

#include "analyze/sql/database.h"

namespace pgrec {

// What is written of a table or view of the database: a table of the same name, columns and types.
struct FileTable {
  std::string name;
  std::string key;                                // its INTEGER PRIMARY KEY; empty: it has none
  std::vector<std::vector<std::string>> indexes;  // the columns of each
};

// Writes them to a new file at `path`, readable by its owner only, in the order of their names
// here. The file has its name when it is whole: an error, or a signal that ends the process, leaves
// nothing. Nothing waits for the disk, so a power failure soon after may damage it. Throws Error
// with a hint where `path` exists and `force` is not given, or it cannot be written.
void write_database_file(Database& database, const std::string& path, bool force,
                         const std::vector<FileTable>& tables);

}  // namespace pgrec

#include "analyze/sql/set_database.h"

#include <utility>
#include <vector>

#include "analyze/sql/database_file.h"
#include "analyze/sql/set_relations.h"

namespace pgrec {
namespace {

std::vector<std::vector<std::string>> indexes_of(const std::string& relation) {
  if (relation == "calls") return {{"execution_id"}};
  if (relation == "executions") return {{"pid", "ts_ns"}, {"statement_id"}};
  if (relation == "function_times") return {{"execution_id"}};
  return {};
}

}  // namespace

void write_database(Analysis& analysis, const std::string& path, bool force) {
  Database database;
  std::vector<FileTable> tables;
  FileTable damages;
  for (const auto& relation : set_relations(analysis)) {
    database.add(relation);
    FileTable table{relation->name(), {}, indexes_of(relation->name())};
    for (const RelationColumn& column : relation->columns()) {
      if (column.is_key) table.key = column.name;
    }
    // What is damaged is known when all has been read.
    if (table.name == "damages")
      damages = std::move(table);
    else
      tables.push_back(std::move(table));
  }
  tables.push_back(std::move(damages));
  write_database_file(database, path, force, tables);
}

}  // namespace pgrec

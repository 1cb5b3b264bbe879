#include "tests/unit/relations.h"

#include "analyze/sql/importer.h"
#include "tests/unit/trace_file.h"

namespace pgrec::test {

Database empty_relations() {
  const TraceFile file;
  file.writer().close({});
  TraceReader trace = file.reader();
  Database database;
  import_trace(trace, database);
  return database;
}

std::vector<std::string> rows_of(const Database& database, const std::string& sql) {
  std::vector<std::string> all;
  auto statement = database.prepare(sql);
  while (statement.step()) {
    std::string row;
    for (int column = 0; column < statement.columns(); ++column)
      row +=
          (column > 0 ? "|" : "") + (statement.is_null(column) ? "NULL" : statement.text(column));
    all.push_back(row);
  }
  return all;
}

}  // namespace pgrec::test

#include "tests/unit/relations.h"

#include "analyze/sql/set_relations.h"
#include "tests/unit/trace_file.h"

namespace pgrec::test {

Database relations_of(TraceReader trace) {
  Database database;
  const auto analysis =
      std::make_shared<Analysis>(TraceSet(std::move(trace)), Filters{}, /*threads=*/2);
  for (auto& relation : set_relations(analysis))
    database.add(relation);
  return database;
}

Database empty_relations() {
  const TraceFile file;
  file.writer().close({});
  return relations_of(file.reader());
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

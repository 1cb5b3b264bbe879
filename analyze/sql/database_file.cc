#include "analyze/sql/database_file.h"

#include <fmt/core.h>

#include "analyze/sql/removed_by_signals.h"
#include "analyze/sql/sqlite_api.h"
#include "format/error.h"
#include "format/frame/output_file.h"

namespace pgrec {
namespace {

std::string quoted(std::string_view name) {
  std::string text = "\"";
  for (const char c : name) {
    if (c == '"') text += c;
    text += c;
  }
  return text + "\"";
}

// The file as the database `written` of the connection.
class Attached {
 public:
  Attached(Database& database, const std::string& path) : database_(database) {
    database.prepare("ATTACH ? AS written").bind(1, path).run();
  }
  Attached(const Attached&) = delete;
  Attached& operator=(const Attached&) = delete;
  ~Attached() {
    // What was begun when an error came.
    if (!sqlite3_get_autocommit(database_.connection()))
      sqlite3_exec(database_.connection(), "ROLLBACK", nullptr, nullptr, nullptr);
    sqlite3_exec(database_.connection(), "DETACH written", nullptr, nullptr, nullptr);
  }

 private:
  Database& database_;
};

std::string declaration_of(const Database& database, const FileTable& table) {
  auto columns = database.prepare("SELECT name, type FROM pragma_table_info(?, 'main')");
  columns.bind(1, table.name);
  std::string sql;
  while (columns.step()) {
    const std::string name = columns.text(0);
    sql += fmt::format("{}{} {}{}", sql.empty() ? "" : ", ", quoted(name), columns.text(1),
                       name == table.key ? " PRIMARY KEY" : "");
  }
  return fmt::format("CREATE TABLE written.{} ({})", quoted(table.name), sql);
}

void create_indexes(Database& database, const FileTable& table) {
  for (const auto& columns : table.indexes) {
    std::string name = table.name, list;
    for (const std::string& column : columns) {
      name += "_" + column;
      list += (list.empty() ? "" : ", ") + quoted(column);
    }
    database.execute(
        fmt::format("CREATE INDEX written.{} ON {} ({})", quoted(name), quoted(table.name), list));
  }
}

// The indexes are there before the rows, which come about in their order, so that they grow at
// their ends: sorting a whole one afterwards takes longer than all the rest.
void write_table(Database& database, const FileTable& table) {
  database.execute(declaration_of(database, table));
  create_indexes(database, table);
  database.execute(
      fmt::format("INSERT INTO written.{0} SELECT * FROM main.{0}", quoted(table.name)));
}

void write_tables(Database& database, const std::string& path,
                  const std::vector<FileTable>& tables) {
  const Attached attached(database, path);
  database.execute(
      "PRAGMA written.page_size = 16384; PRAGMA written.journal_mode = OFF; "
      "PRAGMA written.synchronous = OFF; PRAGMA written.locking_mode = EXCLUSIVE; "
      "PRAGMA written.secure_delete = OFF; PRAGMA written.cache_size = -32768");
  try {
    for (const FileTable& table : tables) {
      database.execute("BEGIN");
      write_table(database, table);
      database.execute("COMMIT");
    }
  } catch (const Error&) {
    if (sqlite3_errcode(database.connection()) != SQLITE_FULL) throw;
    throw Error("there is no room on the disk", "name another file with --db");
  }
}

}  // namespace

void write_database_file(Database& database, const std::string& path, bool force,
                         const std::vector<FileTable>& tables) {
  OutputFile output(path, force, "--db");
  const std::string temporary = output.temporary();
  const RemovedBySignals unfinished(temporary);
  output.take();  // SQLite opens it by its name
  try {
    write_tables(database, temporary, tables);
  } catch (const Error& error) {
    throw Error(fmt::format("cannot write {}: {}", path, error.what()), error.hint());
  }
  output.put_in_place();
}

}  // namespace pgrec

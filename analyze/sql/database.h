// SQLite, behind two classes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "analyze/sql/relation.h"
#include "analyze/sql/sql_value.h"

struct sqlite3;
struct sqlite3_stmt;

namespace pgrec {

// A prepared statement. Borrows its database's connection.
class Statement {
 public:
  // Binds parameter `index` (from 1). Values are copied.
  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, std::string_view text);
  Statement& bind_null(int index);
  template <typename T>
  Statement& bind(int index, const std::optional<T>& value) {
    return value ? bind(index, *value) : bind_null(index);
  }

  // The next row; false at the end. Throws Error with SQLite's words.
  bool step();
  // Runs it to the end and makes it ready to run again. Throws Error.
  void run();

  int columns() const;
  std::string column_name(int column) const;
  std::int64_t integer(int column) const;  // 0 for NULL
  double real(int column) const;           // 0 for NULL
  bool is_null(int column) const;
  std::string text(int column) const;  // "" for NULL
  // The same without a copy; stays until the next step.
  std::string_view text_view(int column) const;
  SqlValue value(int column) const;
  // What value() would give, to read many rows by: ask it before the value itself.
  enum class Kind : std::uint8_t { kNull, kInteger, kReal, kText };
  Kind kind(int column) const;

 private:
  friend class Database;
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  Statement(sqlite3* connection, sqlite3_stmt* statement)
      : connection_(connection), statement_(statement) {}

  sqlite3* connection_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  // A private database on disk where it does not fit its cache, gone when closed. It has the
  // functions of analyze/sql/functions.h beside SQLite's. Throws Error.
  Database();

  // Makes it a table, whose rows are computed when they are asked for. Throws Error.
  void add(std::shared_ptr<Relation> relation);

  // Runs statements that return nothing of interest. Throws Error.
  void execute(const std::string& sql);
  Statement prepare(std::string_view sql) const;
  // Prepares the first statement of `sql` and moves `sql` behind it; nothing when only blanks and
  // comments are left.
  std::optional<Statement> prepare_next(std::string_view& sql) const;

  // Whether the text ends with a statement that has its `;`, outside of quotes and comments.
  static bool is_complete(const std::string& sql);

  // Makes the statements that run fail. May be called by another thread and by a signal's handler.
  void interrupt() noexcept;
  // Asks `asked` while a statement runs, also one that begins later, and makes it fail when the
  // answer is yes. Null: no more.
  void interrupt_where(bool (*asked)()) noexcept;

  // For those who know SQLite (analyze/sql/sqlite_api.h).
  sqlite3* connection() const { return connection_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* connection) const;
  };
  std::unique_ptr<sqlite3, Close> connection_;
};

}  // namespace pgrec

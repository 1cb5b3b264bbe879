#include "analyze/sql/database.h"

#include <utility>

#include "analyze/sql/functions.h"
#include "analyze/sql/sqlite_api.h"
#include "analyze/sql/virtual_table.h"
#include "format/error.h"

namespace pgrec {
namespace {

[[noreturn]] void throw_sql_error(sqlite3* connection) {
  if (sqlite3_errcode(connection) == SQLITE_FULL) {
    throw Error("there is no room for the temporary database of the trace's calls",
                "set SQLITE_TMPDIR to a directory with more");
  }
  if (sqlite3_errcode(connection) == SQLITE_AUTH) {
    throw Error("SQL: this would change something, and what is here can only be read",
                "what is temporary may be made: CREATE TEMP TABLE t AS SELECT ...");
  }
  throw Error(std::string("SQL: ") + sqlite3_errmsg(connection));
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

Statement& Statement::bind(int index, std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), index, value);
  return *this;
}

Statement& Statement::bind(int index, std::string_view text) {
  sqlite3_bind_text(statement_.get(), index, text.data(), static_cast<int>(text.size()),
                    SQLITE_TRANSIENT);
  return *this;
}

Statement& Statement::bind_null(int index) {
  sqlite3_bind_null(statement_.get(), index);
  return *this;
}

bool Statement::step() {
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) throw_sql_error(connection_);
  return false;
}

void Statement::run() {
  while (step()) {
  }
  sqlite3_reset(statement_.get());
}

int Statement::columns() const {
  return sqlite3_column_count(statement_.get());
}

std::string Statement::column_name(int column) const {
  return sqlite3_column_name(statement_.get(), column);
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

double Statement::real(int column) const {
  return sqlite3_column_double(statement_.get(), column);
}

std::string Statement::text(int column) const {
  return std::string(text_view(column));
}

std::string_view Statement::text_view(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (!text) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

Statement::Kind Statement::kind(int column) const {
  switch (sqlite3_column_type(statement_.get(), column)) {
    case SQLITE_NULL:
      return Kind::kNull;
    case SQLITE_INTEGER:
      return Kind::kInteger;
    case SQLITE_FLOAT:
      return Kind::kReal;
    default:
      return Kind::kText;
  }
}

SqlValue Statement::value(int column) const {
  switch (kind(column)) {
    case Kind::kNull:
      return std::monostate{};
    case Kind::kInteger:
      return integer(column);
    case Kind::kReal:
      return real(column);
    case Kind::kText:
      return text(column);
  }
  return std::monostate{};
}

void Database::Close::operator()(sqlite3* connection) const {
  sqlite3_close(connection);
}

Database::Database() {
  sqlite3* connection = nullptr;
  const int result = sqlite3_open_v2(
      "", &connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  connection_.reset(connection);
  if (result != SQLITE_OK)
    throw Error(std::string("cannot open a database: ") + sqlite3_errstr(result));
  add_functions(connection);
  // Nothing in it outlives the process, so nothing needs to be safe from a crash.
  execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;");
}

void Database::add(std::shared_ptr<Relation> relation) {
  add_relation(connection_.get(), std::move(relation));
}

void Database::execute(const std::string& sql) {
  if (sqlite3_exec(connection_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    throw_sql_error(connection_.get());
  }
}

Statement Database::prepare(std::string_view sql) const {
  auto statement = prepare_next(sql);
  if (!statement) throw Error("SQL: there is no statement");
  return std::move(*statement);
}

std::optional<Statement> Database::prepare_next(std::string_view& sql) const {
  while (!sql.empty()) {
    sqlite3_stmt* statement = nullptr;
    const char* rest = nullptr;
    const int result = sqlite3_prepare_v2(connection_.get(), sql.data(),
                                          static_cast<int>(sql.size()), &statement, &rest);
    if (result != SQLITE_OK) throw_sql_error(connection_.get());
    sql.remove_prefix(static_cast<std::size_t>(rest - sql.data()));
    if (statement) return Statement(connection_.get(), statement);
  }
  return std::nullopt;
}

bool Database::is_complete(const std::string& sql) {
  return sqlite3_complete(sql.c_str()) == 1;
}

void Database::interrupt() noexcept {
  sqlite3_interrupt(connection_.get());
}

void Database::interrupt_where(bool (*asked)()) noexcept {
  constexpr int kSteps = 1000;  // of SQLite's machine, from one question to the next
  const auto ask = [](void* function) { return reinterpret_cast<bool (*)()>(function)() ? 1 : 0; };
  sqlite3_progress_handler(connection_.get(), kSteps, asked ? +ask : nullptr,
                           reinterpret_cast<void*>(asked));
}

}  // namespace pgrec

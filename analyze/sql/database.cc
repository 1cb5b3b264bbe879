#include "analyze/sql/database.h"

#include <sqlite3.h>

#include "format/clock.h"
#include "format/error.h"

namespace pgrec {
namespace {

[[noreturn]] void throw_sql_error(sqlite3* connection) {
  if (sqlite3_errcode(connection) == SQLITE_FULL) {
    throw Error("there is no room for the temporary database of the trace's calls",
                "set SQLITE_TMPDIR to a directory with more");
  }
  throw Error(std::string("SQL: ") + sqlite3_errmsg(connection));
}

// SQLite zeroes it for each group.
struct CappedSum {
  bool any;
  std::int64_t sum;
};

void add_values(sqlite3_context* context, int count, sqlite3_value** values) noexcept {
  auto* const all = static_cast<CappedSum*>(sqlite3_aggregate_context(context, sizeof(CappedSum)));
  if (!all) return sqlite3_result_error_nomem(context);
  for (int i = 0; i < count; ++i) {
    if (sqlite3_value_type(values[i]) == SQLITE_NULL) continue;
    all->any = true;
    all->sum = add_capped(Duration(all->sum), Duration(sqlite3_value_int64(values[i]))).count();
  }
}

void give_sum(sqlite3_context* context) noexcept {
  const auto* const all = static_cast<CappedSum*>(sqlite3_aggregate_context(context, 0));
  if (all && all->any) sqlite3_result_int64(context, all->sum);
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

std::string Statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (!text) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

SqlValue Statement::value(int column) const {
  switch (sqlite3_column_type(statement_.get(), column)) {
    case SQLITE_NULL:
      return std::monostate{};
    case SQLITE_INTEGER:
      return integer(column);
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement_.get(), column);
    default:
      return text(column);
  }
}

void Database::Close::operator()(sqlite3* connection) const {
  sqlite3_close(connection);
}

Database::Database() {
  sqlite3* connection = nullptr;
  const int result = sqlite3_open("", &connection);
  connection_.reset(connection);
  if (result != SQLITE_OK)
    throw Error(std::string("cannot open a database: ") + sqlite3_errstr(result));
  if (sqlite3_create_function(connection, "capped_sum", -1, SQLITE_UTF8 | SQLITE_DETERMINISTIC,
                              nullptr, nullptr, add_values, give_sum) != SQLITE_OK) {
    throw_sql_error(connection);
  }
  // Nothing in it outlives the process, so nothing needs to be safe from a crash.
  execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;");
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

}  // namespace pgrec

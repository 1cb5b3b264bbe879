#include "analyze/sql/reading_only.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "analyze/sql/sqlite_api.h"
#include "format/error.h"

namespace pgrec {
namespace {

// They tell, whatever their argument.
constexpr std::array<std::string_view, 13> kTelling = {
    "collation_list", "compile_options", "database_list", "foreign_key_list", "function_list",
    "index_info",     "index_list",      "index_xinfo",   "module_list",      "pragma_list",
    "table_info",     "table_list",      "table_xinfo"};
// They tell without an argument, and set something with one.
constexpr std::array<std::string_view, 10> kTellingAlone = {
    "cache_size", "data_version", "encoding",       "freelist_count", "page_count",
    "page_size",  "query_only",   "schema_version", "temp_store",     "user_version"};
constexpr std::array<std::string_view, 4> kRefusedFunctions = {"load_extension", "fts3_tokenizer",
                                                               "writefile", "edit"};

template <std::size_t kSize>
bool is_among(const std::array<std::string_view, kSize>& names, const char* name) {
  return std::any_of(names.begin(), names.end(), [name](std::string_view one) {
    return sqlite3_stricmp(name, one.data()) == 0;
  });
}

bool is_temporary(const char* database) {
  return database && sqlite3_stricmp(database, "temp") == 0;
}

bool may_ask(const char* pragma, const char* argument) {
  return is_among(kTelling, pragma) || (!argument && is_among(kTellingAlone, pragma));
}

// `first` and `second` are what sqlite3.h says beside each action.
int authorize(void*, int action, const char* first, const char* second, const char* database,
              const char*) noexcept {
  const auto only_if = [](bool may) { return may ? SQLITE_OK : SQLITE_DENY; };
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_RECURSIVE:
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
    case SQLITE_CREATE_TEMP_INDEX:
    case SQLITE_CREATE_TEMP_TABLE:
    case SQLITE_CREATE_TEMP_VIEW:
    case SQLITE_DROP_TEMP_INDEX:
    case SQLITE_DROP_TEMP_TABLE:
    case SQLITE_DROP_TEMP_VIEW:
      return SQLITE_OK;
    case SQLITE_UPDATE:
      // SQLite asks so before it declares the columns of a virtual table, such as those of its
      // pragma functions; an UPDATE of that table itself it refuses in any case.
      return only_if(is_temporary(database) || sqlite3_stricmp(first, "sqlite_master") == 0);
    case SQLITE_CREATE_TABLE:  // of ANALYZE
    case SQLITE_INSERT:
    case SQLITE_DELETE:
    case SQLITE_ANALYZE:
    case SQLITE_REINDEX:
      return only_if(is_temporary(database));
    case SQLITE_ALTER_TABLE:
      return only_if(is_temporary(first));
    case SQLITE_FUNCTION:
      return only_if(!is_among(kRefusedFunctions, second));
    case SQLITE_PRAGMA:
      return only_if(may_ask(first, second));
    default:
      return SQLITE_DENY;
  }
}

}  // namespace

void make_reading_only(Database& database) {
  sqlite3* const connection = database.connection();
  sqlite3_limit(connection, SQLITE_LIMIT_ATTACHED, 0);
  const bool done =
      sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr) == SQLITE_OK &&
      sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr) == SQLITE_OK &&
      sqlite3_set_authorizer(connection, authorize, nullptr) == SQLITE_OK;
  if (!done) throw Error("cannot make a connection that only reads");
}

}  // namespace pgrec

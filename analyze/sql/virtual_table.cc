#include "analyze/sql/virtual_table.h"

#include <exception>
#include <new>
#include <utility>

#include "analyze/sql/sqlite_api.h"
#include "analyze/sql/table_plans.h"
#include "format/error.h"

namespace pgrec {
namespace {

struct Source {
  std::string name;
  std::shared_ptr<Relation> shape;
  OpenRelation open;  // of a table function
  std::vector<RelationColumn> columns;

  int hidden() const { return open ? kMaxArguments : 0; }
};

struct Table : sqlite3_vtab {
  explicit Table(const Source& from)
      : sqlite3_vtab{},
        source(from),
        plans(from.columns, from.shape->numbers_rows(), from.hidden()) {}

  const Source& source;
  TablePlans plans;
};

struct TableCursor : sqlite3_vtab_cursor {
  explicit TableCursor(Table& of) : sqlite3_vtab_cursor{}, table(of) {}

  void begin(int plan, sqlite3_value** values);
  void open_next();
  void fill();

  Table& table;
  std::shared_ptr<Relation> relation;
  std::unique_ptr<Cursor> rows;  // of the relation, which has to stay
  std::vector<std::string> arguments;
  std::vector<Scan> scans;  // still to come, the last one first
  Block block;
  std::size_t row = 0;      // in the block; at the end the block is empty
  std::int64_t before = 0;  // rows of the blocks before
};

Table& table_of(sqlite3_vtab* table) {
  return *static_cast<Table*>(table);
}
TableCursor& cursor_of(sqlite3_vtab_cursor* cursor) {
  return *static_cast<TableCursor*>(cursor);
}

// Runs `what`, which returns SQLite's result code, and makes what it throws an error of `message`.
template <typename What>
int guarded(char** message, What what) noexcept {
  try {
    return what();
  } catch (const std::bad_alloc&) {
    return SQLITE_NOMEM;
  } catch (const std::exception& error) {
    sqlite3_free(*message);
    *message = sqlite3_mprintf("%s", error.what());
    return *message ? SQLITE_ERROR : SQLITE_NOMEM;
  } catch (...) {
    return SQLITE_ERROR;
  }
}

std::string quoted(const std::string& name) {
  std::string text = "\"";
  for (const char c : name)
    text += c == '"' ? std::string("\"\"") : std::string(1, c);
  return text + "\"";
}

std::string declaration_of(const Source& source) {
  std::string sql;
  for (const RelationColumn& column : source.columns) {
    static constexpr const char* kTypes[] = {" INTEGER", " REAL", " TEXT"};
    sql += (sql.empty() ? "CREATE TABLE x(" : ", ") + quoted(column.name) +
           kTypes[static_cast<std::size_t>(column.kind)];
  }
  for (int i = 1; i <= source.hidden(); ++i)
    sql += ", trace_file" + (i == 1 ? std::string() : std::to_string(i)) + " HIDDEN";
  return sql + ")";
}

int connect(sqlite3* connection, void* client, int, const char* const*, sqlite3_vtab** made,
            char** message) noexcept {
  return guarded(message, [&] {
    const auto& source = *static_cast<const Source*>(client);
    const int result = sqlite3_declare_vtab(connection, declaration_of(source).c_str());
    if (result != SQLITE_OK) throw Error(sqlite3_errmsg(connection));
    sqlite3_vtab_config(connection, source.open ? SQLITE_VTAB_DIRECTONLY : SQLITE_VTAB_INNOCUOUS);
    *made = new Table(source);
    return SQLITE_OK;
  });
}

int disconnect(sqlite3_vtab* table) noexcept {
  delete &table_of(table);
  return SQLITE_OK;
}

int best_index(sqlite3_vtab* table, sqlite3_index_info* info) noexcept {
  return guarded(&table->zErrMsg, [&] {
    Table& all = table_of(table);
    try {
      return all.plans.choose(*all.source.shape, *info) ? SQLITE_OK : SQLITE_CONSTRAINT;
    } catch (const Error& error) {
      throw Error(all.source.name + ": " + error.what());
    }
  });
}

int open(sqlite3_vtab* table, sqlite3_vtab_cursor** made) noexcept {
  return guarded(&table->zErrMsg, [&] {
    *made = new TableCursor(table_of(table));
    return SQLITE_OK;
  });
}

int close(sqlite3_vtab_cursor* cursor) noexcept {
  delete &cursor_of(cursor);
  return SQLITE_OK;
}

void TableCursor::begin(int plan, sqlite3_value** values) {
  rows.reset();
  row = 0;
  before = 0;
  block = {};
  const TablePlans::Kept& kept = table.plans.at(plan);
  arguments.clear();
  for (std::size_t i = 0; i < kept.arguments.size(); ++i) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(values[i]));
    if (!text) throw Error(table.source.name + ": the name of a trace is not NULL");
    arguments.emplace_back(text);
  }
  scans = table.plans.scans_of(kept, values);
  if (scans.empty()) return;
  relation = table.source.open ? table.source.open(arguments) : table.source.shape;
  open_next();
  fill();
}

void TableCursor::open_next() {
  block = {};
  block.columns.resize(table.source.columns.size());
  rows = relation->open(scans.back());
  scans.pop_back();
}

void TableCursor::fill() {
  before += static_cast<std::int64_t>(block.rows);
  row = 0;
  block.rows = 0;
  while (block.rows == 0) {
    if (rows->next(block)) continue;
    block.rows = 0;
    rows.reset();
    if (scans.empty()) return;
    open_next();
  }
  if (relation->numbers_rows() && !block.row_ids)
    throw Error(table.source.name + ": rows without numbers");
}

int filter(sqlite3_vtab_cursor* cursor, int plan, const char*, int,
           sqlite3_value** values) noexcept {
  return guarded(&cursor->pVtab->zErrMsg, [&] {
    cursor_of(cursor).begin(plan, values);
    return SQLITE_OK;
  });
}

int next(sqlite3_vtab_cursor* cursor) noexcept {
  TableCursor& at = cursor_of(cursor);
  if (++at.row < at.block.rows) return SQLITE_OK;
  return guarded(&cursor->pVtab->zErrMsg, [&] {
    at.fill();
    return SQLITE_OK;
  });
}

int at_end(sqlite3_vtab_cursor* cursor) noexcept {
  return cursor_of(cursor).block.rows == 0;
}

void give_text(sqlite3_context* context, std::string_view text, bool stays) noexcept {
  sqlite3_result_text64(context, text.data() ? text.data() : "", text.size(),
                        stays ? SQLITE_STATIC : SQLITE_TRANSIENT, SQLITE_UTF8);
}

int column(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int number) noexcept {
  const TableCursor& at = cursor_of(cursor);
  const auto place = static_cast<std::size_t>(number);
  if (place >= at.block.columns.size()) {
    const std::size_t argument = place - at.block.columns.size();
    if (argument < at.arguments.size()) give_text(context, at.arguments[argument], false);
    return SQLITE_OK;
  }
  const BlockColumn& values = at.block.columns[place];
  if (values.nulls && values.nulls[at.row]) return SQLITE_OK;
  if (values.integers)
    sqlite3_result_int64(context, values.integers[at.row]);
  else if (values.texts)
    give_text(context, values.texts[values.codes ? values.codes[at.row] : at.row],
              values.texts_stay);
  else if (values.reals)
    sqlite3_result_double(context, values.reals[at.row]);
  return SQLITE_OK;
}

int row_id(sqlite3_vtab_cursor* cursor, sqlite3_int64* id) noexcept {
  const TableCursor& at = cursor_of(cursor);
  *id = at.block.row_ids ? at.block.row_ids[at.row]
                         : at.before + static_cast<std::int64_t>(at.row) + 1;
  return SQLITE_OK;
}

// One without xCreate is there by its name alone, as a table function is.
sqlite3_module module_of(bool is_function) {
  sqlite3_module module{};
  module.xCreate = is_function ? nullptr : connect;
  module.xConnect = connect;
  module.xBestIndex = best_index;
  module.xDisconnect = disconnect;
  module.xDestroy = disconnect;
  module.xOpen = open;
  module.xClose = close;
  module.xFilter = filter;
  module.xNext = next;
  module.xEof = at_end;
  module.xColumn = column;
  module.xRowid = row_id;
  return module;
}

void destroy_source(void* source) noexcept {
  delete static_cast<Source*>(source);
}

void add_module(sqlite3* connection, Source source) {
  static const sqlite3_module kRelation = module_of(false);
  static const sqlite3_module kFunction = module_of(true);
  source.columns = source.shape->columns();
  // SQLite destroys it, also where this fails.
  auto* const kept = new Source(std::move(source));
  if (sqlite3_create_module_v2(connection, kept->name.c_str(), kept->open ? &kFunction : &kRelation,
                               kept, destroy_source) != SQLITE_OK) {
    throw Error(std::string("SQL: ") + sqlite3_errmsg(connection));
  }
}

}  // namespace

void add_relation(sqlite3* connection, std::shared_ptr<Relation> relation) {
  const std::string name = relation->name();
  add_module(connection, {name, std::move(relation), {}, {}});
  const std::string sql = "CREATE VIRTUAL TABLE " + quoted(name) + " USING " + quoted(name);
  if (sqlite3_exec(connection, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    throw Error(std::string("SQL: ") + sqlite3_errmsg(connection));
}

void add_table_function(sqlite3* connection, const std::string& name,
                        std::shared_ptr<Relation> shape, OpenRelation open) {
  add_module(connection, {name, std::move(shape), std::move(open), {}});
}

}  // namespace pgrec

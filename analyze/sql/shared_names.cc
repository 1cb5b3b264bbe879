#include "analyze/sql/shared_names.h"

#include <set>
#include <string>

#include "format/error.h"

namespace pgrec {
namespace {

constexpr std::string_view kAmbiguous = "ambiguous column name: ";

// The name in SQLite's complaint; nothing in any other.
std::optional<std::string> ambiguous_name(const std::string& complaint) {
  const std::size_t place = complaint.find(kAmbiguous);
  if (place == complaint.npos) return std::nullopt;
  return complaint.substr(place + kAmbiguous.size());
}

// A name without a view can be that of a relation, which SQLite would then drop.
void drop_view(Database& database) {
  auto views = database.prepare(
      "SELECT 1 FROM temp.sqlite_master WHERE type = 'view' AND name = 'processes'");
  const bool is_there = views.step();
  views.run();
  if (is_there) database.execute("DROP VIEW temp.processes");
}

// Hides the relation `processes` behind one without these columns. False where it has not got the
// last of them, or no other.
bool leave_out(Database& database, const std::set<std::string>& names, const std::string& last) {
  drop_view(database);
  std::string columns;
  bool has_last = false;
  auto of_processes = database.prepare("SELECT name FROM pragma_table_info('processes')");
  while (of_processes.step()) {
    const std::string column = of_processes.text(0);
    has_last = has_last || column == last;
    if (!names.contains(column)) columns += (columns.empty() ? "" : ", ") + column;
  }
  if (!has_last || columns.empty()) return false;
  database.execute("CREATE TEMP VIEW processes AS SELECT " + columns + " FROM main.processes");
  return true;
}

}  // namespace

std::optional<Statement> prepare_next_of_user(Database& database, std::string_view& sql) {
  drop_view(database);
  std::optional<Error> first;
  for (std::set<std::string> left_out;;) {
    try {
      return database.prepare_next(sql);
    } catch (const Error& error) {
      if (!first) first = error;
      const auto name = ambiguous_name(error.what());
      if (!name || !left_out.insert(*name).second || !leave_out(database, left_out, *name)) {
        drop_view(database);
        throw *first;
      }
    }
  }
}

}  // namespace pgrec

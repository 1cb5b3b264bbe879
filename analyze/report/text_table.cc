#include "analyze/report/text_table.h"

#include <algorithm>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "analyze/report/fit.h"
#include "format/print/join.h"
#include "format/print/printable.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

constexpr std::string_view kBelow = "    ";  // before a note
constexpr std::size_t kLeastOfText = 10;     // a column of texts is not cut to less
constexpr std::size_t kLeastOfHeading = 16;

bool is_shown(const Table& table, std::size_t column) {
  if (table.columns[column].shown != Shown::kWhereAny)
    return table.columns[column].shown == Shown::kAlways;
  return std::any_of(table.rows.begin(), table.rows.end(),
                     [&](const auto& row) { return !is_null(row[column]); });
}

std::optional<std::size_t> column_of_bound(const Table& table, std::size_t column) {
  const std::string& key = table.columns[column].at_most;
  for (std::size_t c = 0; !key.empty() && c < table.columns.size(); ++c) {
    if (table.columns[c].key == key) return c;
  }
  return std::nullopt;
}

// A column with what its cells say; the first is its heading.
struct TextColumn {
  std::vector<std::string> cells;
  bool right = false;
  ColumnRoom room;
};

TextColumn column_of(const Table& table, std::size_t column, std::size_t most) {
  const Column& about = table.columns[column];
  const auto bound = column_of_bound(table, column);
  TextColumn made;
  made.cells.push_back(printable(about.heading));
  std::size_t widest_number = 0;
  for (const auto& row : table.rows) {
    const bool as_bound = bound && !is_null(row[*bound]);
    const SqlValue& value = row[as_bound ? *bound : column];
    made.cells.push_back(people_text(value, as_bound ? Unit::kAtMostNs : about.unit, most));
    if (!is_number(value)) continue;
    made.right = true;
    widest_number = std::max(widest_number, columns_of(made.cells.back()));
  }
  for (const std::string& cell : made.cells)
    made.room.natural = std::max(made.room.natural, columns_of(cell));
  made.room.least = std::min(made.room.natural,
                             std::max({widest_number, made.right ? std::size_t{1} : kLeastOfText,
                                       std::min(columns_of(made.cells.front()), kLeastOfHeading)}));
  made.room.flexible = about.flexible;
  made.room.priority = about.priority;
  return made;
}

std::string line_of(const std::vector<TextColumn>& columns, const std::vector<FittedColumn>& fitted,
                    std::size_t cell) {
  std::string line;
  for (std::size_t i = 0; i < fitted.size(); ++i) {
    const TextColumn& column = columns[fitted[i].column];
    const std::string text = cut_to(column.cells[cell], fitted[i].width);
    const std::string padding(fitted[i].width - columns_of(text), ' ');
    if (i > 0) line += std::string(kGap, ' ');
    line += column.right ? padding + text : text + padding;
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

// What is said of columns that found no room: as many names as a line has room for.
std::string missing_line(const std::vector<std::string>& names, std::size_t width) {
  std::string line;
  for (std::size_t most = names.size(); most > 0; --most) {
    line = "not shown for want of width: " + join_first(names, most) + "; --wide shows all";
    if (columns_of(line) <= width) return line;
  }
  return cut_to("--wide shows " + plural(names.size(), "more column"), width);
}

}  // namespace

void print_text(std::ostream& out, const Table& table, const Layout& layout) {
  const std::size_t width = layout.wide ? kAnyWidth : layout.width;
  const std::size_t most = layout.wide ? kAnyWidth : width == kAnyWidth ? kMaxTextWidth : width;
  std::vector<TextColumn> columns;
  std::vector<std::string> names;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (!is_shown(table, c)) continue;
    columns.push_back(column_of(table, c, most));
    names.push_back(table.columns[c].heading.empty() ? table.columns[c].key
                                                     : table.columns[c].heading);
  }
  std::vector<ColumnRoom> rooms;
  for (const TextColumn& column : columns)
    rooms.push_back(column.room);
  const std::vector<FittedColumn> fitted = fit(rooms, width);

  if (!table.title.empty()) out << table.title << "\n";
  for (std::size_t l = 0; l <= table.rows.size(); ++l) {
    out << line_of(columns, fitted, l) << "\n";
    if (l == 0 || l > table.notes.size()) continue;
    for (const std::string& note : table.notes[l - 1])
      out << kBelow << cut_to(note, width == kAnyWidth ? width : width - kBelow.size()) << "\n";
  }
  for (auto one = fitted.rbegin(); one != fitted.rend(); ++one)
    names.erase(names.begin() + static_cast<std::ptrdiff_t>(one->column));
  if (!names.empty()) out << missing_line(names, width) << "\n";
  if (table.left_out > 0) {
    out << plural(table.left_out, "more row") << "; --limit " << table.rows.size() + table.left_out
        << " shows all\n";
  }
}

}  // namespace pgrec

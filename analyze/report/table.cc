#include "analyze/report/table.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <ostream>

#include "format/error.h"
#include "format/print/join.h"
#include "format/print/json_line.h"
#include "format/print/printable.h"
#include "format/print/printable_stream.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

bool is_number(const SqlValue& value) {
  return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value);
}

double as_double(const SqlValue& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
  return std::get<double>(value);
}

std::string plain(const SqlValue& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<double>(&value)) {
    std::array<char, 32> digits{};  // as few as give the same number back
    return {digits.data(),
            std::to_chars(digits.data(), digits.data() + digits.size(), *number).ptr};
  }
  return {};
}

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

void print_text(std::ostream& out, const Table& table) {
  constexpr const char* kBelow = "    ";
  std::vector<std::size_t> shown;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (is_shown(table, c)) shown.push_back(c);
  }
  std::vector<std::optional<std::size_t>> bounds;
  bounds.reserve(shown.size());
  for (const std::size_t c : shown)
    bounds.push_back(column_of_bound(table, c));
  std::vector<std::vector<std::string>> lines(1);
  std::vector<bool> right(shown.size(), false);
  for (const std::size_t c : shown)
    lines[0].push_back(printable(table.columns[c].heading));
  for (const auto& row : table.rows) {
    auto& line = lines.emplace_back();
    for (std::size_t i = 0; i < shown.size(); ++i) {
      const bool as_bound = bounds[i] && !is_null(row[*bounds[i]]);
      const SqlValue& value = row[as_bound ? *bounds[i] : shown[i]];
      line.push_back(people_text(value, as_bound ? Unit::kAtMostNs : table.columns[shown[i]].unit));
      if (is_number(value)) right[i] = true;
    }
  }
  std::vector<std::size_t> widths(shown.size(), 0);
  for (const auto& line : lines) {
    for (std::size_t c = 0; c < line.size(); ++c)
      widths[c] = std::max(widths[c], columns_of(line[c]));
  }
  if (!table.title.empty()) out << table.title << "\n";
  for (std::size_t l = 0; l < lines.size(); ++l) {
    std::string text;
    for (std::size_t c = 0; c < lines[l].size(); ++c) {
      const std::string padding(widths[c] - columns_of(lines[l][c]), ' ');
      if (c > 0) text += "  ";
      text += right[c] ? padding + lines[l][c] : lines[l][c] + padding;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out << text << "\n";
    if (l == 0 || l > table.notes.size()) continue;
    for (const std::string& note : table.notes[l - 1])
      out << kBelow << note << "\n";
  }
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

void print_csv_row(std::ostream& out, const std::vector<SqlValue>& row) {
  write_exactly(
      out, join(row, ",", [](const SqlValue& value) { return csv_field(plain(value)); }) + "\n");
}

void print_csv_heading(std::ostream& out, const Table& table) {
  std::vector<SqlValue> keys;
  for (const Column& column : table.columns)
    keys.emplace_back(column.key);
  print_csv_row(out, keys);
}

void print_csv(std::ostream& out, const Table& table) {
  print_csv_heading(out, table);
  for (const auto& row : table.rows)
    print_csv_row(out, row);
}

std::string json_value(const SqlValue& value) {
  if (is_null(value)) return "null";
  if (is_number(value) && !std::isfinite(as_double(value))) return "null";
  if (const auto* text = std::get_if<std::string>(&value)) return json_string(*text);
  return plain(value);
}

void print_json_row(std::ostream& out, const Table& table, const std::vector<SqlValue>& row,
                    bool first) {
  out << (first ? "\n  {" : ",\n  {");
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    out << (c > 0 ? ", " : "") << json_string(table.columns[c].key) << ": " << json_value(row[c]);
  }
  out << "}";
}

void print_json(std::ostream& out, const Table& table) {
  out << json_string(table.key) << ": [";
  for (std::size_t r = 0; r < table.rows.size(); ++r) {
    print_json_row(out, table, table.rows[r], r == 0);
  }
  out << (table.rows.empty() ? "]" : "\n]");
}

std::vector<SqlValue> values(const Statement& statement) {
  std::vector<SqlValue> row;
  row.reserve(static_cast<std::size_t>(statement.columns()));
  for (int c = 0; c < statement.columns(); ++c)
    row.push_back(statement.value(c));
  return row;
}

}  // namespace

OutputFormat parse_output_format(std::string_view text) {
  if (text == "text") return OutputFormat::kText;
  if (text == "csv") return OutputFormat::kCsv;
  if (text == "json") return OutputFormat::kJson;
  throw UsageError("--format: there is no format '" + std::string(text) + "'", "text, csv or json");
}

Table fill(Table table, Statement& statement) {
  while (statement.step())
    table.rows.push_back(values(statement));
  return table;
}

void print_rows(std::ostream& out, Statement& statement, OutputFormat format) {
  Table table{"rows", "", {}, {}};
  for (int c = 0; c < statement.columns(); ++c) {
    table.columns.push_back({statement.column_name(c), statement.column_name(c)});
  }
  if (format == OutputFormat::kText) return print(out, {fill(std::move(table), statement)}, format);
  bool first = true;
  if (format == OutputFormat::kCsv) {
    print_csv_heading(out, table);
    while (statement.step())
      print_csv_row(out, values(statement));
    return;
  }
  out << "{" << json_string(table.key) << ": [";
  for (; statement.step(); first = false)
    print_json_row(out, table, values(statement), first);
  out << (first ? "]}\n" : "\n]}\n");
}

bool is_null(const SqlValue& value) {
  return std::holds_alternative<std::monostate>(value);
}

SqlValue known_or_null(bool is_known, Duration duration) {
  return is_known ? SqlValue(duration.count()) : SqlValue();
}

std::string people_text(const SqlValue& value, Unit unit) {
  if (is_null(value)) return "-";
  if (!is_number(value)) return one_line(plain(value), kMaxTextWidth);
  switch (unit) {
    case Unit::kPlain:
      return plain(value);
    case Unit::kCount:
      return count_text(static_cast<std::uint64_t>(as_double(value)));
    case Unit::kDurationNs:
      return duration_text(Duration(static_cast<std::int64_t>(as_double(value))));
    case Unit::kAtMostNs:
      return at_most_text(Duration(static_cast<std::int64_t>(as_double(value))));
    case Unit::kBytes:
      return bytes_text(static_cast<std::uint64_t>(as_double(value)));
    case Unit::kRatio:
      return fixed_text(as_double(value), 2);
  }
  return {};
}

void print(std::ostream& out, const std::vector<Table>& tables, OutputFormat format) {
  if (format == OutputFormat::kCsv) return print_csv(out, tables.front());
  if (format == OutputFormat::kJson) out << "{";
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (format == OutputFormat::kText) {
      if (i > 0) out << "\n";
      print_text(out, tables[i]);
    } else {
      if (i > 0) out << ",\n";
      print_json(out, tables[i]);
    }
  }
  if (format == OutputFormat::kJson) out << "}\n";
}

}  // namespace pgrec

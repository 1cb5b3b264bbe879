#include "analyze/report/table.h"

#include <array>
#include <charconv>
#include <cmath>
#include <ostream>

#include "analyze/report/text_table.h"
#include "format/error.h"
#include "format/print/join.h"
#include "format/print/json_line.h"
#include "format/print/printable.h"
#include "format/print/printable_stream.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

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
  if (table.left_out > 0)
    out << ",\n" << json_string(table.key + "_left_out") << ": " << table.left_out;
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

void print_rows(std::ostream& out, Statement& statement, OutputFormat format,
                const Layout& layout) {
  Table table{"rows", "", {}, {}};
  for (int c = 0; c < statement.columns(); ++c) {
    Column& column =
        table.columns.emplace_back(Column{statement.column_name(c), statement.column_name(c)});
    column.flexible = true;
    column.priority = c;
  }
  if (format == OutputFormat::kText)
    return print_text(out, fill(std::move(table), statement), layout);
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

bool is_number(const SqlValue& value) {
  return std::holds_alternative<std::int64_t>(value) || std::holds_alternative<double>(value);
}

double as_double(const SqlValue& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
  const auto* number = std::get_if<double>(&value);
  return number ? *number : 0;
}

std::string people_text(const SqlValue& value, Unit unit, std::size_t columns) {
  // What one_line() reads beyond the cut: more than the columns of one character.
  constexpr std::size_t kBeyond = 8;
  if (is_null(value)) return "-";
  if (!is_number(value)) {
    const std::size_t read = columns == kAnyWidth ? kAnyWidth : columns + kBeyond;
    return cut_to(one_line(plain(value), read), columns);
  }
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

std::string no_calls_line(const std::vector<std::string>& names) {
  return names.empty() ? std::string() : "no calls of: " + join(names, ", ");
}

void print(std::ostream& out, const std::vector<Table>& tables, OutputFormat format,
           const Layout& layout) {
  if (format == OutputFormat::kCsv) return print_csv(out, tables.front());
  if (format == OutputFormat::kJson) out << "{";
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (format == OutputFormat::kText) {
      if (i > 0) out << "\n";
      print_text(out, tables[i], layout);
    } else {
      if (i > 0) out << ",\n";
      print_json(out, tables[i]);
    }
  }
  if (format == OutputFormat::kJson) out << "}\n";
}

}  // namespace pgrec

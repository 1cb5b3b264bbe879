// Rows and columns, printed for people, as CSV or as JSON. Every report is one or more of these, so
// that every report has all three forms.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "analyze/report/layout.h"
#include "analyze/sql/database.h"
#include "format/clock.h"

namespace pgrec {

enum class OutputFormat { kText, kCsv, kJson };

// Throws UsageError that names --format.
OutputFormat parse_output_format(std::string_view text);

// How a number is written for people. CSV and JSON always have the plain number.
enum class Unit { kPlain, kCount, kDurationNs, kAtMostNs, kBytes, kRatio };

// Whether text has a column. CSV and JSON always have it, so that programs find what they look for.
enum class Shown { kAlways, kWhereAny, kNever };  // kWhereAny: where a row has a value

struct Column {
  std::string key;      // in CSV and JSON
  std::string heading;  // in text
  Unit unit = Unit::kPlain;
  Shown shown = Shown::kAlways;
  // The key of the column with the most that this duration can be; text shows that where it is not
  // NULL. None: empty.
  std::string at_most{};
  // Of a text table that is too wide: whether the column's texts may be cut to make it fit, and
  // which columns are left out where that is not enough: those with the largest first, those with 0
  // never.
  bool flexible = false;
  int priority = 0;
};

struct Table {
  std::string key;    // in JSON
  std::string title;  // in text; none: no line
  std::vector<Column> columns;
  std::vector<std::vector<SqlValue>> rows;
  // What text says below each row, in lines; none: nothing. For as many rows as there are.
  std::vector<std::vector<std::string>> notes = {};
  // How many rows a limit took off its end (analyze/report/row_order.h). Text says it below the
  // table; JSON in a member `KEY_left_out` beside the array, where it is not 0.
  std::size_t left_out = 0;
};

// The rows that `statement` gives, under `columns`.
Table fill(Table table, Statement& statement);

// Runs `statement` and prints what it gives. CSV and JSON row by row, in memory for one row; text,
// whose columns are aligned, in memory for all. Of a text table that is too wide, columns are cut,
// and left out from the right.
void print_rows(std::ostream& out, Statement& statement, OutputFormat format,
                const Layout& layout = {});

// Text: each table under its title, laid out by analyze/report/text_table.h. CSV: the first table
// only (RFC 4180), each byte as it is. JSON: one object, each table an array of objects.
void print(std::ostream& out, const std::vector<Table>& tables, OutputFormat format,
           const Layout& layout = {});

// How many columns a text takes at most where a table has any width.
constexpr std::size_t kMaxTextWidth = 120;

bool is_null(const SqlValue& value);
// In nanoseconds; NULL where it is not known.
SqlValue known_or_null(bool is_known, Duration duration);

// Whether it is an INTEGER or a REAL, and as which number; of others `as_double` is 0.
bool is_number(const SqlValue& value);
double as_double(const SqlValue& value);

// `value` as a cell of a text table shows it: a text on one line, cut to `columns`; "-" for NULL.
std::string people_text(const SqlValue& value, Unit unit, std::size_t columns = kMaxTextWidth);

// "no calls of: a, b, c": what stands for rows that would have zeros only. All names, whole, in the
// order given; empty for none.
std::string no_calls_line(const std::vector<std::string>& names);

}  // namespace pgrec

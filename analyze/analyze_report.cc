#include "analyze/analyze_report.h"

#include <fmt/core.h>

#include <ostream>
#include <utility>

#include "analyze/filter/left_out.h"
#include "analyze/filter/nothing.h"
#include "format/print/join.h"
#include "format/print/printable.h"

namespace pgrec {
namespace {

std::vector<Table> sorted_tables(std::vector<Table> tables, const ReportRequest& request) {
  sort_and_limit(tables.front(), request.sort, request.limit);
  return tables;
}

std::vector<Table> tables_of(const View& view, Analysis& analysis, const ReportRequest& request) {
  return sorted_tables(view.tables(analysis, request.options), request);
}

// A filter that was given, and what it lets through.
Table filters_table(Analysis& analysis) {
  Table table{"filters", "", {{"key", "key"}, {"value", "value"}}, {}};
  for (const LetThrough& filter : let_through(analysis))
    table.rows.push_back({filter.key, filter.value});
  for (const std::string& reason : find_nothing(analysis).reasons)
    table.rows.push_back({std::string("nothing_matches"), reason});
  return table;
}

void write_view(std::ostream& out, const View& view, Analysis& analysis,
                const ReportRequest& request) {
  if (view.screen) return view.screen(out, analysis, request.options);
  const Table table = tables_of(view, analysis, request).front();
  if (table.rows.empty()) {
    out << view.nothing << "\n";
  } else {
    print(out, {table}, OutputFormat::kText, request.options.layout);
  }
  const std::string notes = view.notes ? view.notes(analysis, request.options) : "";
  if (!notes.empty()) out << "\n" << notes;
}

void write_text(std::ostream& out, Analysis& analysis, const ReportRequest& request) {
  if (const Nothing nothing = find_nothing(analysis); nothing.is_so()) {
    out << nothing_text(nothing);
    return;
  }
  if (const std::string line = left_out_line(analysis); !line.empty())
    out << printable(line) << "\n\n";
  if (request.views.empty()) {
    auto tables = sorted_tables(summary_tables(analysis, request.options), request);
    print_summary(out, analysis, request.options, std::move(tables), request.words);
  }
  bool first = true;
  for (const View* const view : request.views) {
    if (!std::exchange(first, false)) out << "\n";
    write_view(out, *view, analysis, request);
  }
}

}  // namespace

void check_request(const ReportRequest& request) {
  if (request.format == OutputFormat::kCsv && request.views.size() > 1) {
    throw UsageError(fmt::format("--format csv holds one table, and {} views were asked for",
                                 request.views.size()),
                     "ask for one view at a time, or for --format json");
  }
  if (request.format != OutputFormat::kText || (!request.sort && !request.limit)) return;
  for (const View* const view : request.views) {
    if (!view->screen) continue;
    throw UsageError(
        fmt::format("{} has no rows to {}", view->option, request.sort ? "sort" : "limit"),
        "leave it out, or ask for --format json");
  }
}

void write_report(std::ostream& out, Analysis& analysis, const ReportRequest& request) {
  if (request.format == OutputFormat::kText) return write_text(out, analysis, request);
  std::vector<Table> tables;
  const auto add = [&](std::vector<Table> more) {
    for (Table& table : more)
      tables.push_back(std::move(table));
  };
  for (const View* const view : request.views)
    add(tables_of(*view, analysis, request));
  if (request.views.empty()) add(sorted_tables(summary_tables(analysis, request.options), request));
  if (request.format == OutputFormat::kJson) {
    if (Table filters = filters_table(analysis); !filters.rows.empty()) add({std::move(filters)});
    add({trace_table(analysis.set())});
  }
  print(out, tables, request.format, request.options.layout);
}

}  // namespace pgrec

#include "analyze/analyze_report.h"

#include <fmt/core.h>

#include <ostream>
#include <sstream>
#include <utility>

#include "analyze/filter/left_out.h"
#include "analyze/filter/nothing.h"
#include "analyze/report/summary_view.h"
#include "format/print/join.h"
#include "format/print/printable.h"

namespace pgrec {
namespace {

// A filter that was given, and what it lets through.
Table filters_table(Analysis& analysis) {
  Table table{"filters", "", {{"key", "key"}, {"value", "value"}}, {}};
  for (const LetThrough& filter : let_through(analysis))
    table.rows.push_back({filter.key, filter.value});
  for (const std::string& reason : find_nothing(analysis).reasons)
    table.rows.push_back({std::string("nothing_matches"), reason});
  return table;
}

// --sort and --limit are of the first table, and of the one that text shows for it.
void sort_and_limit(ViewResult& result, const ReportRequest& request, bool limits_itself) {
  const auto limit = limits_itself ? std::nullopt : request.limit;
  for (auto* const tables : {&result.tables, result.screen ? &*result.screen : nullptr}) {
    if (tables && !tables->empty()) sort_and_limit(tables->front(), request.sort, limit);
  }
}

std::vector<ViewResult> results_of(Analysis& analysis, const ReportRequest& request) {
  std::vector<ViewResult> results;
  if (request.views.empty()) {
    results.push_back(summary_view(analysis, request.options.percentiles, request.words));
    sort_and_limit(results.back(), request, false);
  }
  for (const auto& [view, value] : request.views) {
    results.push_back(view->make(analysis, request.options, value));
    sort_and_limit(results.back(), request, view->limits_itself);
  }
  return results;
}

// What to ask next: of the last view, of its first row where that is told by its id.
std::vector<std::string> next_words(const ReportRequest& request, const ViewResult& last) {
  std::vector<std::string> words = request.words;
  std::istringstream next(request.views.back().view->next);
  const auto& rows = last.tables.front().rows;
  for (std::string word; next >> word;) {
    const auto* const id = word == "ID" && !rows.empty() && !rows.front().empty()
                               ? std::get_if<std::int64_t>(&rows.front().front())
                               : nullptr;
    words.push_back(id ? std::to_string(*id) : word);
  }
  return words;
}

void write_text(std::ostream& out, Analysis& analysis, const ReportRequest& request) {
  if (const Nothing nothing = find_nothing(analysis); nothing.is_so()) {
    out << nothing_text(nothing);
    return;
  }
  const auto results = results_of(analysis, request);
  if (const std::string line = left_out_line(analysis); !line.empty())
    out << printable(line) << "\n\n";
  bool first = true, any = false;
  for (const ViewResult& result : results) {
    if (!std::exchange(first, false)) out << "\n";
    print(out, result, OutputFormat::kText, request.options.layout);
    any = result.nothing.empty() || !result.first_shown().rows.empty();
  }
  if (!any || request.views.empty() || !*request.views.back().view->next) return;
  out << "\n"
      << next_line(next_words(request, results.back()), request.views.back().view->why) << "\n";
}

}  // namespace

void check_request(const ReportRequest& request) {
  if (request.format == OutputFormat::kCsv && request.views.size() > 1) {
    throw UsageError(fmt::format("--format csv holds one table, and {} views were asked for",
                                 request.views.size()),
                     "ask for one view at a time, or for --format json");
  }
}

void write_report(std::ostream& out, Analysis& analysis, const ReportRequest& request) {
  if (request.format == OutputFormat::kText) return write_text(out, analysis, request);
  std::vector<Table> tables;
  const auto add = [&](std::vector<Table> more) {
    for (Table& table : more)
      tables.push_back(std::move(table));
  };
  for (ViewResult& result : results_of(analysis, request))
    add(std::move(result.tables));
  if (request.format == OutputFormat::kJson) {
    if (Table filters = filters_table(analysis); !filters.rows.empty()) add({std::move(filters)});
    add({trace_table(analysis.set())});
  }
  print(out, tables, request.format, request.options.layout);
}

}  // namespace pgrec

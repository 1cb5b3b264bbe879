#include "analyze/report/view_options.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <ostream>

#include "analyze/calls/function_figures.h"
#include "analyze/report/execution_views.h"
#include "analyze/report/histogram_view.h"
#include "analyze/report/next_step.h"
#include "analyze/report/set_notes.h"
#include "analyze/report/summary_view.h"
#include "analyze/sql/importer.h"
#include "format/error.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

// Of views that read one trace as a whole. `threshold_too`: the view itself takes --threshold.
TraceReader& whole_trace(Analysis& analysis, const std::string& view, bool threshold_too = false) {
  ExecutionSelection wanted = analysis.executions();
  const bool by_threshold = std::exchange(wanted.at_least, Duration{}) > Duration{};
  const CallSelection& calls = analysis.calls();
  const bool filtered = !wanted.is_all() || !calls.is_all_functions() ||
                        calls.at_least > Duration{} || (by_threshold && !threshold_too);
  if (filtered) throw Error(view + " is of whole traces only", "leave out the filters");
  if (!analysis.set().is_single()) throw Error(view + " is of one trace only", "name one file");
  return analysis.set().files().front().reader;
}

Database imported(TraceReader& trace, ImportScope scope) {
  Database database;
  import_trace(trace, database, scope);
  return database;
}

std::vector<FunctionFigures> figures_of(Analysis& analysis, const ViewOptions& options,
                                        const char* view) {
  return function_figures(whole_trace(analysis, view), options.percentiles);
}

std::vector<Table> hist_tables(Analysis& analysis, const ViewOptions& options) {
  return histogram_tables(figures_of(analysis, options, "--hist"));
}

void hist_screen(std::ostream& out, Analysis& analysis, const ViewOptions& options) {
  print_histograms(out, figures_of(analysis, options, "--hist"));
}

std::vector<Table> by_pid_tables(Analysis& analysis, const ViewOptions& options) {
  TraceReader& trace = whole_trace(analysis, "--by-pid");
  return {by_pid_view(trace, profile_processes(trace, options.percentiles))};
}

std::string by_pid_notes(Analysis& analysis, const ViewOptions& options) {
  return not_exact_text(profile_processes(whole_trace(analysis, "--by-pid"), options.percentiles));
}

std::vector<Table> by_query_tables(Analysis& analysis, const ViewOptions& /*options*/) {
  return by_query_view(imported(whole_trace(analysis, "--by-query"), ImportScope::kFunctionTimes));
}

std::string by_query_notes(Analysis& analysis, const ViewOptions& /*options*/) {
  const auto others = executions_without_statement(
      imported(whole_trace(analysis, "--by-query"), ImportScope::kFunctionTimes));
  if (others == 0) return "";
  return fmt::format("beside these: {} of which the text is not known\n",
                     plural(static_cast<std::uint64_t>(others), "execution"));
}

void read_slow(const std::string& value, ViewOptions& options) {
  const char* const end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, options.slow);
  if (error != std::errc() || stop != end)
    throw UsageError("--slow: cannot read '" + value + "'", "--slow=20");
  if (options.slow <= 0) throw UsageError("--slow: how many must be above zero", "--slow=20");
}

std::vector<Table> slow_tables(Analysis& analysis, const ViewOptions& options) {
  TraceReader& trace = whole_trace(analysis, "--slow", true);
  return slow_view(imported(trace, ImportScope::kFunctionTimes), options.slow,
                   analysis.read().threshold, trace.last());
}

// Rows of functions without a call, taken out: they are zeros.
std::vector<std::string> take_without_calls(Table& functions) {
  std::vector<std::string> names;
  std::erase_if(functions.rows, [&](const std::vector<SqlValue>& row) {
    const auto* const calls = std::get_if<std::int64_t>(&row[1]);
    if (!calls || *calls > 0) return false;
    names.push_back(std::get<std::string>(row[0]));
    return true;
  });
  return names;
}

}  // namespace

const std::vector<View>& views() {
  using Takes = View::Takes;
  static const std::vector<View> kAll = {
      {.option = "--hist",
       .help = "per function the histogram, by count and by time",
       .tables = hist_tables,
       .screen = hist_screen},
      {.option = "--by-pid",
       .help = "per process and function",
       .tables = by_pid_tables,
       .notes = by_pid_notes},
      {.option = "--by-query",
       .help = "per statement: executions, errors, times, rows, blocks, WAL, time in functions",
       .tables = by_query_tables,
       .notes = by_query_notes,
       .nothing = "no executions"},
      {.option = "--slow",
       .help = "the longest executions with their queries; --slow=5 for five",
       .takes = Takes::kMaybe,
       .value = "20",
       .read = read_slow,
       .tables = slow_tables,
       .nothing = "no executions"}};
  return kAll;
}

std::vector<Table> summary_tables(Analysis& analysis, const ViewOptions& options) {
  TraceReader& trace = whole_trace(analysis, "the summary");
  return summary_view(function_figures(trace, options.percentiles),
                      imported(trace, ImportScope::kExecutions));
}

void print_summary(std::ostream& out, Analysis& analysis, const ViewOptions& options,
                   std::vector<Table> tables, const std::vector<std::string>& words) {
  out << set_headline(analysis.set()) << "\n";
  const bool has_executions = !tables.at(1).rows.empty();
  const std::vector<std::string> without_calls = take_without_calls(tables.at(0));
  std::erase_if(tables, [](const Table& table) { return table.rows.empty(); });
  print(out, tables, OutputFormat::kText, options.layout);
  if (!without_calls.empty())
    out << (tables.empty() ? "" : "\n") << no_calls_line(without_calls) << "\n";
  const std::string notes = not_exact_text(figures_of(analysis, options, "the summary"));
  if (!notes.empty()) out << "\n" << notes;
  std::vector<std::string> next = words;
  next.emplace_back(has_executions ? "--by-query" : "--hist");
  out << "\n"
      << next_line(next, has_executions ? "where each statement spent its time"
                                        : "how long the calls took")
      << "\n";
}

}  // namespace pgrec

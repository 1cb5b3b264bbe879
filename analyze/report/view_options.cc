#include "analyze/report/view_options.h"

#include <charconv>
#include <sstream>

#include "analyze/calls/execution_detail.h"
#include "analyze/report/by_pid_view.h"
#include "analyze/report/events_view.h"
#include "analyze/report/execution_detail_view.h"
#include "analyze/report/execution_lines.h"
#include "analyze/report/heat_map_view.h"
#include "analyze/report/histogram_view.h"
#include "analyze/report/outlier_view.h"
#include "analyze/report/slow_view.h"
#include "analyze/report/statement_view.h"
#include "analyze/report/timeline_view.h"
#include "analyze/report/transaction_view.h"
#include "analyze/report/tree_view.h"
#include "format/error.h"

namespace pgrec {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    lines.push_back(line);
  return lines;
}

ViewResult result_of(NotedTables noted, const char* nothing) {
  ViewResult result;
  result.tables = std::move(noted.tables);
  result.below = lines_of(noted.notes);
  result.nothing = nothing;
  return result;
}

template <typename Number>
Number number_of(const std::string& value, const char* option, const char* hint) {
  Number number{};
  const char* const end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, number);
  if (error != std::errc() || stop != end)
    throw UsageError(std::string(option) + ": cannot read '" + value + "'", hint);
  return number;
}

std::size_t limit_or(const ViewOptions& options, std::size_t otherwise) {
  return options.limit ? static_cast<std::size_t>(*options.limit) : otherwise;
}

ViewResult hist(Analysis& analysis, const ViewOptions& options, const std::string& /*value*/) {
  const Histograms all = histograms(
      analysis, {options.percentiles, options.linear, options.split, limit_or(options, 0)});
  ViewResult result;
  result.tables = histogram_tables(all);
  std::ostringstream picture;
  print_histograms(picture, all, options.layout.width);
  result.picture = lines_of(picture.str());
  if (all.all.empty() && !result.picture.empty()) {  // which says so
    result.nothing = result.picture.front();
    result.below.assign(result.picture.begin() + 1, result.picture.end());
    result.picture.clear();
    result.screen.emplace({Table{}});
  }
  return result;
}

ViewResult by_pid(Analysis& analysis, const ViewOptions& options, const std::string& /*value*/) {
  return result_of(by_pid_view(analysis, options.percentiles), "no calls");
}

ViewResult by_query(Analysis& analysis, const ViewOptions& options, const std::string& /*value*/) {
  return statement_view(analysis, {.exact = options.percentiles == Percentiles::kExact});
}

ViewResult slow(Analysis& analysis, const ViewOptions& options, const std::string& value) {
  const auto most = number_of<std::int64_t>(value, "--slow", "--slow=20");
  if (most <= 0) throw UsageError("--slow: how many must be above zero", "--slow=20");
  return slow_view(analysis, {limit_or(options, static_cast<std::size_t>(most))});
}

ViewResult outliers(Analysis& analysis, const ViewOptions& /*options*/,
                    const std::string& /*value*/) {
  return outlier_view(analysis);
}

ViewResult execution(Analysis& analysis, const ViewOptions& options, const std::string& value) {
  const ExecutionId id{
      number_of<std::uint64_t>(value, "--execution", "the id that --slow shows, a number")};
  const ExecutionDetail detail = execution_detail(analysis.set(), id, analysis.options());
  ViewResult result;
  if (!options.for_people) {
    result.tables = execution_detail_tables(analysis, detail);
    return result;
  }
  std::ostringstream picture;
  print_execution(picture, analysis, detail,
                  {options.layout.wide ? kAnyWidth : options.layout.width, limit_or(options, 60)});
  result.picture = lines_of(picture.str());
  result.tables = {{"calls", "", {}, {}}};
  return result;
}

ViewResult tree(Analysis& analysis, const ViewOptions& options, const std::string& /*value*/) {
  return result_of(tree_view(analysis, {limit_or(options, 0), options.for_people}), "no calls");
}

ViewResult timeline(Analysis& analysis, const ViewOptions& options, const std::string& value) {
  const std::size_t width = std::min<std::size_t>(options.layout.width, 120);
  return timeline_view(analysis, {value == "auto" ? "" : value, width - 20});
}

ViewResult heatmap(Analysis& analysis, const ViewOptions& options, const std::string& /*value*/) {
  return heat_map_view(analysis, {.calls = !analysis.filters().functions.empty(),
                                  .width = std::min<std::size_t>(options.layout.width, 120)});
}

ViewResult by(Analysis& analysis, const ViewOptions& /*options*/, const std::string& value) {
  return by_view(analysis, value);
}

ViewResult transactions(Analysis& analysis, const ViewOptions& options,
                        const std::string& /*value*/) {
  return transaction_view(analysis, {limit_or(options, 20)});
}

ViewResult events(Analysis& analysis, const ViewOptions& options, const std::string& value) {
  ViewResult result;
  result.nothing = "no events of classes";
  if (value == "list")
    result.tables = event_list_view(analysis, limit_or(options, kMostEvents));
  else if (value == "sums")
    result.tables = events_view(analysis);
  else
    throw UsageError("--events: there is no '" + value + "'", "--events, or --events=list");
  return result;
}

}  // namespace

const std::vector<View>& views() {
  using Takes = View::Takes;
  static const std::vector<View> kAll = {
      {.option = "--hist",
       .help = "per function the histogram, by count and by time",
       .make = hist,
       .limits_itself = true,
       .next = "--tree",
       .why = "which calls made them"},
      {.option = "--by-pid",
       .help = "per process and function",
       .make = by_pid,
       .next = "--slow",
       .why = "the longest executions"},
      {.option = "--by-query",
       .help = "per statement: executions, errors, times, rows, blocks, WAL, time in functions",
       .make = by_query,
       .next = "--outliers --query ID",
       .why = "what its slowest executions have"},
      {.option = "--slow",
       .help = "the longest executions with their queries; --slow=5 for five",
       .takes = Takes::kMaybe,
       .value = "20",
       .make = slow,
       .limits_itself = true,
       .next = "--execution ID",
       .why = "one of them in order of time"},
      {.option = "--outliers",
       .help = "what the slowest hundredth of a statement's executions has that the others lack",
       .make = outliers,
       .next = "--slow",
       .why = "the longest executions, with the ids of --execution"},
      {.option = "--execution",
       .help = "one execution in order of time: its calls, events and parallel workers",
       .takes = Takes::kValue,
       .value = "ID",
       .make = execution,
       .limits_itself = true},
      {.option = "--tree",
       .help = "calls below the calls that made them, with self times",
       .make = tree,
       .limits_itself = true},
      {.option = "--timeline",
       .help =
           "per interval: executions, calls, errors, times; --timeline=10s for one of ten seconds",
       .takes = Takes::kMaybe,
       .value = "auto",
       .make = timeline,
       .next = "--by-query --from TIME --to TIME",
       .why = "what ran then"},
      {.option = "--heatmap",
       .help = "time by duration: of executions, with -f of calls",
       .make = heatmap},
      {.option = "--by",
       .help = "per second, minute, hour, 10s, database, user, application, client or backend-type",
       .takes = Takes::kValue,
       .value = "WHAT",
       .make = by},
      {.option = "--transactions",
       .help = "the longest transactions, with the time that they were idle",
       .make = transactions,
       .limits_itself = true,
       .next = "--execution ID",
       .why = "the first execution of one"},
      {.option = "--events",
       .help = "events of USDT probes by their arguments, and how long what they begin took; "
               "--events=list for each",
       .takes = Takes::kMaybe,
       .value = "sums",
       .make = events,
       .limits_itself = false}};
  return kAll;
}

}  // namespace pgrec

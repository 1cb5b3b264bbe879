#include "analyze/analyze_command.h"

#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string>

#include "analyze/analyze_report.h"
#include "analyze/filter_options.h"
#include "analyze/huge_pages.h"
#include "analyze/report/progress_line.h"
#include "analyze/sql/set_database.h"
#include "format/print/printable_stream.h"

namespace pgrec {
namespace {

struct AnalyzeArguments {
  std::vector<std::string> files;
  Filters filters;
  std::map<std::string, std::string> asked;  // values of views, by their option
  bool exact = false;
  std::string split;
  bool linear = false;
  std::string db;
  bool force = false;
  std::string sort;
  std::optional<std::int64_t> limit;
  std::optional<std::int64_t> width;
  bool wide = false;
  unsigned threads = 0;
  std::string format = "text";
};

ReportRequest request_of(const AnalyzeArguments& arguments) {
  ReportRequest request;
  request.format = parse_output_format(arguments.format);
  if (arguments.exact) request.options.percentiles = Percentiles::kExact;
  for (const View& view : views()) {
    const std::string& value = arguments.asked.at(view.option);
    if (!value.empty()) request.views.push_back({&view, value});
  }
  if (!arguments.split.empty()) request.options.split = parse_split(arguments.split);
  request.options.linear = arguments.linear;
  request.options.limit = arguments.limit;
  request.options.for_people = request.format == OutputFormat::kText;
  if (!arguments.sort.empty()) request.sort = parse_sort_key(arguments.sort);
  request.limit = arguments.limit;
  request.options.layout = choose_layout(arguments.width, arguments.wide);
  request.words = {"pgrec", "analyze"};
  request.words.insert(request.words.end(), arguments.files.begin(), arguments.files.end());
  check_request(request);
  return request;
}

ExitStatus analyze(const AnalyzeArguments& arguments) {
  const ReportRequest request = request_of(arguments);
  if (arguments.force && arguments.db.empty())
    throw UsageError("--force needs --db", "pgrec analyze FILE --db OUT.sqlite --force");
  use_huge_pages();
  Analysis analysis(arguments.files, arguments.filters, arguments.threads);
  ProgressLine line;
  analysis.on_progress(line.progress());
  if (!arguments.db.empty()) write_database(analysis, arguments.db, arguments.force);
  std::ostringstream report;  // printed after the warnings, which need all to have been read
  if (arguments.db.empty() || !request.views.empty()) write_report(report, analysis, request);
  line.clear();
  const ExitStatus status = warn_if_not_whole(analysis.set());
  if (request.format == OutputFormat::kCsv) {
    write_exactly(std::cout, report.str());
  } else {
    std::cout << report.str();
  }
  return status;
}

void add_view(CLI::App& command, const View& view, std::string& value) {
  constexpr const char* kViews = "Views";
  switch (view.takes) {
    case View::Takes::kNothing:
      command
          .add_flag_callback(
              view.option, [&value] { value = "yes"; }, view.help)
          ->group(kViews);
      break;
    case View::Takes::kMaybe:
      command.add_flag(std::string(view.option) + "{" + view.value + "}", value, view.help)
          ->group(kViews);
      break;
    case View::Takes::kValue:
      command.add_option(view.option, value, view.help)->type_name(view.value)->group(kViews);
      break;
  }
}

}  // namespace

void add_analyze_command(CLI::App& app, ExitStatus& status) {
  auto arguments = std::make_shared<AnalyzeArguments>();
  CLI::App* command =
      app.add_subcommand("analyze", "report from traces: summary, histograms, slow queries");
  command->add_option("FILE", arguments->files, "traces, directories of them, globs")
      ->required()
      ->type_name("");
  for (const View& view : views())
    add_view(*command, view, arguments->asked[view.option]);
  add_call_filters(*command, arguments->filters);
  add_execution_filters(*command, arguments->filters);
  command->add_flag("--exact", arguments->exact,
                    "exact percentiles also for many calls, by reading each of them");
  command
      ->add_option("--split", arguments->split,
                   "with --hist: by pid, query, database, application or outcome")
      ->type_name("WHAT");
  command->add_flag("--linear", arguments->linear,
                    "with --hist: rows of one width in place of powers of two");
  command
      ->add_option("--sort", arguments->sort,
                   "by this column, the largest or the first letters first; -COLUMN turns it")
      ->type_name("COLUMN");
  command->add_option("--limit", arguments->limit, "at most so many rows")->type_name("N");
  command->add_option("--width", arguments->width, "columns of a line; the terminal's")
      ->type_name("N");
  command->add_flag("--wide", arguments->wide, "cut nothing, however long the lines are");
  command->add_option("--threads", arguments->threads, "threads that read; one for each CPU")
      ->type_name("N");
  command
      ->add_option(
          "--db", arguments->db,
          "write the relations of pgrec sql to a new SQLite file, whole: filters are not its")
      ->type_name("FILE");
  command->add_flag("--force", arguments->force, "with --db: overwrite it");
  command->add_option("--format", arguments->format, "text, csv or json")
      ->type_name("FORMAT")
      ->capture_default_str();
  command->callback([arguments, &status] { status = analyze(*arguments); });
}

}  // namespace pgrec

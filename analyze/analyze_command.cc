#include "analyze/analyze_command.h"

#include <fmt/core.h>

#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>

#include "analyze/calls/function_figures.h"
#include "analyze/report/execution_views.h"
#include "analyze/report/histogram_view.h"
#include "analyze/report/table.h"
#include "analyze/report/trace_notes.h"
#include "analyze/report/views.h"
#include "analyze/sql/database.h"
#include "analyze/sql/importer.h"
#include "format/print/printable_stream.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

struct AnalyzeArguments {
  std::string file;
  bool hist = false;
  bool by_pid = false;
  bool by_query = false;
  bool exact = false;
  std::int64_t slow = 0;
  std::string threshold;
  std::string format = "text";
};

// A trace, and what of it is loaded when a view first needs it.
class OneTrace {
 public:
  OneTrace(const std::string& path, Percentiles percentiles)
      : trace_(path), percentiles_(percentiles) {}

  TraceReader& trace() { return trace_; }
  const std::vector<FunctionFigures>& functions() {
    if (!functions_) functions_ = function_figures(trace_, percentiles_);
    return *functions_;
  }
  const DurationProfiles& processes() {
    if (!processes_) processes_ = profile_processes(trace_, percentiles_);
    return *processes_;
  }
  // `scope`: the same whenever it is asked.
  const Database& executions(ImportScope scope) {
    if (!executions_) {
      executions_.emplace();
      import_trace(trace_, *executions_, scope);
    }
    return *executions_;
  }

 private:
  TraceReader trace_;
  Percentiles percentiles_;
  std::optional<std::vector<FunctionFigures>> functions_;
  std::optional<DurationProfiles> processes_;
  std::optional<Database> executions_;
};

bool is_summary(const AnalyzeArguments& arguments) {
  return !arguments.hist && !arguments.by_pid && !arguments.by_query && arguments.slow == 0;
}

std::vector<Table> summary_of(OneTrace& analysis) {
  return summary_view(analysis.functions(), analysis.executions(ImportScope::kExecutions));
}

std::vector<Table> statements_of(OneTrace& analysis) {
  return by_query_view(analysis.executions(ImportScope::kFunctionTimes));
}

std::vector<Table> slowest_of(OneTrace& analysis, const AnalyzeArguments& arguments,
                              Duration threshold) {
  return slow_view(analysis.executions(ImportScope::kFunctionTimes), arguments.slow, threshold,
                   analysis.trace().last());
}

void print_notes(std::ostream& out, const std::string& notes) {
  if (!notes.empty()) out << "\n" << notes;
}

void print_statements(std::ostream& out, OneTrace& analysis) {
  const Table statements = statements_of(analysis).front();
  if (statements.rows.empty()) {
    out << "no executions\n";
  } else {
    print(out, {statements}, OutputFormat::kText);
  }
  const auto others =
      executions_without_statement(analysis.executions(ImportScope::kFunctionTimes));
  if (others > 0) {
    out << fmt::format("\nbeside these: {} of which the text is not known\n",
                       plural(static_cast<std::uint64_t>(others), "execution"));
  }
}

// One view after the other as people read them, and the plain summary where none was asked for.
void print_report(std::ostream& out, const AnalyzeArguments& arguments, OneTrace& analysis,
                  Duration threshold) {
  bool first = true;
  const auto separate = [&] {
    if (!std::exchange(first, false)) out << "\n";
  };
  if (is_summary(arguments)) {
    out << trace_headline(analysis.trace()) << "\n";
    print(out, summary_of(analysis), OutputFormat::kText);
    print_notes(out, not_exact_text(analysis.functions()));
  }
  if (arguments.hist) {
    separate();
    print_histograms(out, analysis.functions());
  }
  if (arguments.by_pid) {
    separate();
    print(out, {by_pid_view(analysis.trace(), analysis.processes())}, OutputFormat::kText);
    print_notes(out, not_exact_text(analysis.processes()));
  }
  if (arguments.by_query) {
    separate();
    print_statements(out, analysis);
  }
  if (arguments.slow > 0) {
    separate();
    const Table slow = slowest_of(analysis, arguments, threshold).front();
    if (slow.rows.empty()) {
      out << "no executions of at least " << duration_text(threshold) << "\n";
    } else {
      print(out, {slow}, OutputFormat::kText);
    }
  }
}

std::vector<Table> tables(const AnalyzeArguments& arguments, OneTrace& analysis,
                          Duration threshold) {
  std::vector<Table> all;
  const auto add = [&all](std::vector<Table> more) {
    for (Table& table : more)
      all.push_back(std::move(table));
  };
  if (arguments.hist) add(histogram_tables(analysis.functions()));
  if (arguments.by_pid) add({by_pid_view(analysis.trace(), analysis.processes())});
  if (arguments.by_query) add(statements_of(analysis));
  if (arguments.slow > 0) add(slowest_of(analysis, arguments, threshold));
  if (all.empty()) add(summary_of(analysis));
  add({trace_table(analysis.trace())});
  return all;
}

ExitStatus analyze(const AnalyzeArguments& arguments) {
  if (arguments.slow < 0) throw UsageError("--slow: how many must be above zero", "--slow=20");
  if (arguments.slow == 0 && !arguments.threshold.empty()) {
    throw UsageError("--threshold needs --slow", "pgrec analyze FILE --slow --threshold 100ms");
  }
  const OutputFormat format = parse_output_format(arguments.format);
  const Duration threshold =
      arguments.threshold.empty() ? Duration{} : parse_duration(arguments.threshold, "--threshold");
  const int views = (arguments.hist ? 1 : 0) + (arguments.by_pid ? 1 : 0) +
                    (arguments.by_query ? 1 : 0) + (arguments.slow > 0 ? 1 : 0);
  if (format == OutputFormat::kCsv && views > 1) {
    throw UsageError(
        fmt::format("--format csv holds one table, and {} views were asked for", views),
        "ask for one view at a time, or for --format json");
  }
  OneTrace analysis(arguments.file,
                    arguments.exact ? Percentiles::kExact : Percentiles::kExactWhenCheap);
  std::ostringstream report;  // printed after the warnings, which need all to have been read
  if (format == OutputFormat::kText) {
    print_report(report, arguments, analysis, threshold);
  } else {
    print(report, tables(arguments, analysis, threshold), format);
  }
  const ExitStatus status = warn_if_not_whole(analysis.trace());
  if (format == OutputFormat::kCsv) {
    write_exactly(std::cout, report.str());
  } else {
    std::cout << report.str();
  }
  return status;
}

}  // namespace

void add_analyze_command(CLI::App& app, ExitStatus& status) {
  auto arguments = std::make_shared<AnalyzeArguments>();
  CLI::App* command =
      app.add_subcommand("analyze", "report from a trace: summary, histograms, slow queries");
  command->add_option("FILE", arguments->file, "the trace")->required();
  command->add_flag("--hist", arguments->hist, "per function the histogram, by count and by time");
  command->add_flag("--by-pid", arguments->by_pid, "per process and function");
  command->add_flag(
      "--by-query", arguments->by_query,
      "per statement: executions, errors, times, rows, blocks, WAL, time in functions");
  command->add_flag("--slow{20}", arguments->slow,
                    "the longest executions with their queries; --slow=5 for five");
  command
      ->add_option("--threshold", arguments->threshold,
                   "with --slow: only executions this long, like 100ms")
      ->type_name("TIME");
  command->add_flag("--exact", arguments->exact,
                    "exact percentiles also for many calls, by reading each of them");
  command->add_option("--format", arguments->format, "text, csv or json")
      ->type_name("FORMAT")
      ->capture_default_str();
  command->callback([arguments, &status] { status = analyze(*arguments); });
}

}  // namespace pgrec

#include "analyze/analyze_command.h"

#include <iostream>
#include <memory>
#include <string>

#include "analyze/histogram_view.h"
#include "analyze/loaded_trace.h"
#include "analyze/table.h"
#include "analyze/views.h"
#include "format/units.h"

namespace pgrec {
namespace {

struct Arguments {
  std::string file;
  bool hist = false;
  bool by_pid = false;
  std::int64_t slow = 0;
  std::string threshold;
  std::string format = "text";
};

// One view after the other as people read them, and the plain summary where none was asked for.
void print_text(const Arguments& arguments, const LoadedTrace& loaded, Duration threshold) {
  const bool summary = !arguments.hist && !arguments.by_pid && arguments.slow == 0;
  bool first = true;
  const auto separate = [&first] {
    if (!std::exchange(first, false)) std::cout << "\n";
  };
  if (summary) {
    std::cout << trace_headline(loaded.trace) << "\n";
    print(std::cout, summary_view(loaded), OutputFormat::kText);
  }
  if (arguments.hist) {
    separate();
    print_histograms(std::cout, loaded);
  }
  if (arguments.by_pid) {
    separate();
    print(std::cout, {by_pid_view(loaded)}, OutputFormat::kText);
  }
  if (arguments.slow > 0) {
    separate();
    const Table slow = slow_view(loaded, arguments.slow, threshold);
    if (slow.rows.empty()) {
      std::cout << "no executions of at least " << duration_text(threshold) << "\n";
    } else {
      print(std::cout, {slow}, OutputFormat::kText);
    }
  }
}

std::vector<Table> tables(const Arguments& arguments, const LoadedTrace& loaded,
                          Duration threshold) {
  std::vector<Table> all;
  const auto add = [&all](std::vector<Table> more) {
    for (Table& table : more)
      all.push_back(std::move(table));
  };
  if (arguments.hist) add(histogram_tables(loaded));
  if (arguments.by_pid) add({by_pid_view(loaded)});
  if (arguments.slow > 0) add({slow_view(loaded, arguments.slow, threshold)});
  if (all.empty()) add(summary_view(loaded));
  add({trace_table(loaded.trace)});
  return all;
}

ExitStatus analyze(const Arguments& arguments) {
  if (arguments.slow < 0) throw UsageError("--slow: how many must be above zero", "--slow=20");
  if (arguments.slow == 0 && !arguments.threshold.empty()) {
    throw UsageError("--threshold needs --slow", "pgrec analyze FILE --slow --threshold 100ms");
  }
  const OutputFormat format = parse_output_format(arguments.format);
  const Duration threshold =
      arguments.threshold.empty() ? Duration{} : parse_duration(arguments.threshold, "--threshold");
  const int views =
      (arguments.hist ? 1 : 0) + (arguments.by_pid ? 1 : 0) + (arguments.slow > 0 ? 1 : 0);
  if (format == OutputFormat::kCsv && views > 1) {
    throw UsageError(
        "--format csv holds one table, and " + std::to_string(views) + " views were asked for",
        "ask for one view at a time, or for --format json");
  }
  const LoadedTrace loaded(arguments.file);
  if (format == OutputFormat::kText) {
    print_text(arguments, loaded, threshold);
  } else {
    print(std::cout, tables(arguments, loaded, threshold), format);
  }
  return loaded.status();
}

}  // namespace

void add_analyze_command(CLI::App& app, ExitStatus& status) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("analyze", "report from a trace: summary, histograms, slow queries");
  command->add_option("FILE", arguments->file, "the trace")->required();
  command->add_flag("--hist", arguments->hist, "per function the histogram, by count and by time");
  command->add_flag("--by-pid", arguments->by_pid, "per process and function");
  command->add_flag("--slow{20}", arguments->slow,
                    "the longest executions with their queries; --slow=5 for five");
  command
      ->add_option("--threshold", arguments->threshold,
                   "with --slow: only executions this long, like 100ms")
      ->type_name("TIME");
  command->add_option("--format", arguments->format, "text, csv or json")
      ->type_name("FORMAT")
      ->capture_default_str();
  command->callback([arguments, &status] { status = analyze(*arguments); });
}

}  // namespace pgrec

#include "analyze/verify_command.h"

#include <iostream>
#include <memory>
#include <string>

#include "analyze/repair/verification.h"
#include "analyze/report/per_file.h"
#include "analyze/report/table.h"
#include "analyze/report/trace_notes.h"
#include "analyze/trace/set_paths.h"

namespace pgrec {
namespace {

struct VerifyArguments {
  std::vector<std::string> files;
  bool full = false;
  std::string format = "text";
};

std::string result_text(Check::Result result) {
  switch (result) {
    case Check::Result::kGood:
      return "good";
    case Check::Result::kBad:
      return "BAD";
    case Check::Result::kAbsent:
      return "absent";
  }
  return {};
}

ExitStatus verify_file(TraceReader& trace, bool full, OutputFormat format, PerFile& report) {
  const std::vector<Check> checks = verify(trace, full);
  Table table{"checks", "", {{"check", "check"}, {"result", "result"}, {"detail", "detail"}}, {}};
  bool bad = false;
  for (const Check& check : checks) {
    table.rows.push_back({check.name, result_text(check.result), check.detail});
    bad = bad || check.result == Check::Result::kBad;
  }
  Table damages = damages_table(trace);
  std::vector<Table> tables = {std::move(table)};
  if (format == OutputFormat::kJson || !damages.rows.empty()) tables.push_back(std::move(damages));
  report.add(trace.name(), std::move(tables));
  const ExitStatus status = warn_if_not_whole(trace);
  return bad ? kExitDamaged : status;
}

// Each by itself; the status is the worst.
ExitStatus verify_files(const VerifyArguments& arguments) {
  const OutputFormat format = parse_output_format(arguments.format);
  const std::vector<std::string> paths = set_paths(arguments.files);
  PerFile report(paths.size());
  ExitStatus status = kExitDone;
  for (const std::string& path : paths) {
    TraceReader trace(path);
    status = std::max(status, verify_file(trace, arguments.full, format, report));
  }
  report.print(std::cout, format, choose_layout(std::nullopt, false, kAnyWidth));
  return status;
}

}  // namespace

void add_verify_command(CLI::App& app, ExitStatus& status) {
  auto arguments = std::make_shared<VerifyArguments>();
  CLI::App* command =
      app.add_subcommand("verify", "check a trace: checksums, order, index, summaries, sums");
  command->add_option("FILE", arguments->files, "traces, directories of them, globs")
      ->required()
      ->type_name("");
  command->add_flag("--full", arguments->full, "decode every chunk too, and check what is in it");
  command->add_option("--format", arguments->format, "text, csv or json")
      ->type_name("FORMAT")
      ->capture_default_str();
  command->callback([arguments, &status] { status = verify_files(*arguments); });
}

}  // namespace pgrec

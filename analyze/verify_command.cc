#include "analyze/verify_command.h"

#include <iostream>
#include <memory>
#include <string>

#include "analyze/repair/verification.h"
#include "analyze/report/table.h"
#include "analyze/report/trace_notes.h"

namespace pgrec {
namespace {

struct VerifyArguments {
  std::string file;
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

ExitStatus verify_file(const VerifyArguments& arguments) {
  const OutputFormat format = parse_output_format(arguments.format);
  TraceReader trace(arguments.file);
  const std::vector<Check> checks = verify(trace, arguments.full);
  Table table{"checks", "", {{"check", "check"}, {"result", "result"}, {"detail", "detail"}}, {}};
  bool bad = false;
  for (const Check& check : checks) {
    table.rows.push_back({check.name, result_text(check.result), check.detail});
    bad = bad || check.result == Check::Result::kBad;
  }
  Table damages = damages_table(trace);
  std::vector<Table> tables = {std::move(table)};
  if (format == OutputFormat::kJson || !damages.rows.empty()) tables.push_back(std::move(damages));
  const ExitStatus status = warn_if_not_whole(trace);
  print(std::cout, tables, format);
  return bad ? kExitDamaged : status;
}

}  // namespace

void add_verify_command(CLI::App& app, ExitStatus& status) {
  auto arguments = std::make_shared<VerifyArguments>();
  CLI::App* command =
      app.add_subcommand("verify", "check a trace: checksums, order, index, summaries, sums");
  command->add_option("FILE", arguments->file, "the trace")->required();
  command->add_flag("--full", arguments->full, "decode every chunk too, and check what is in it");
  command->add_option("--format", arguments->format, "text, csv or json")
      ->type_name("FORMAT")
      ->capture_default_str();
  command->callback([arguments, &status] { status = verify_file(*arguments); });
}

}  // namespace pgrec

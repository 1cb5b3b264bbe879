#include "analyze/sql_command.h"

#include <algorithm>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "analyze/filter/analysis.h"
#include "analyze/report/table.h"
#include "analyze/report/trace_notes.h"
#include "analyze/sql/database.h"
#include "analyze/sql/reading_only.h"
#include "analyze/sql/set_relations.h"
#include "analyze/sql/shared_names.h"
#include "format/print/printable.h"

namespace pgrec {
namespace {

struct SqlArguments {
  std::vector<std::string> words;  // files, and behind them the SQL
  std::string none;
  std::string format = "text";
};

void run_statements(Database& database, std::string_view sql, OutputFormat format) {
  bool first = true;
  while (auto statement = prepare_next_of_user(database, sql)) {
    if (statement->columns() == 0) {
      statement->run();
      continue;
    }
    if (!first && format == OutputFormat::kText) std::cout << "\n";
    first = false;
    print_rows(std::cout, *statement, format);
  }
}

// What the statements left unread is not told of.
ExitStatus warn_of(TraceSet& set) {
  for (const std::string& note : set.notes())
    print_line(std::cerr, "pgrec: " + note);
  ExitStatus status = set.misses_parts() ? kExitDamaged : kExitDone;
  for (const TraceSet::File& file : set.files())
    status = std::max(status, warn_if_not_whole(file.reader));
  return status;
}

ExitStatus sql(const SqlArguments& arguments) {
  const OutputFormat format = parse_output_format(arguments.format);
  if (arguments.words.size() < 2)
    throw UsageError("SQL is required", "pgrec sql --help lists what there is");
  const std::vector<std::string> files(arguments.words.begin(), arguments.words.end() - 1);
  Analysis analysis(files, Filters{}, 0);
  Database database;
  for (auto& relation : set_relations(analysis))
    database.add(std::move(relation));
  make_reading_only(database);
  try {
    run_statements(database, arguments.words.back(), format);
  } catch (const Error& error) {
    std::cout.flush();
    warn_of(analysis.set());
    throw Error(error.what(), error.hint().empty() ? kRelationsHint : error.hint());
  }
  return warn_of(analysis.set());
}

}  // namespace

void add_sql_command(CLI::App& app, ExitStatus& status) {
  auto arguments = std::make_shared<SqlArguments>();
  CLI::App* command = app.add_subcommand("sql", "run SQL over traces");
  command->add_option("FILE", arguments->words, "the traces")->required();
  // FILE takes all that stands there; this is for --help.
  command->add_option("SQL", arguments->none, "the statements");
  command->add_option("--format", arguments->format, "text, csv or json")
      ->type_name("FORMAT")
      ->capture_default_str();
  command->footer(kRelationsHint);
  command->callback([arguments, &status] { status = sql(*arguments); });
}

}  // namespace pgrec

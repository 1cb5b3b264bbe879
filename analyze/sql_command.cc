#include "analyze/sql_command.h"

#include <iostream>
#include <memory>
#include <string>

#include "analyze/report/table.h"
#include "analyze/report/trace_notes.h"
#include "analyze/sql/database.h"
#include "analyze/sql/importer.h"
#include "analyze/sql/shared_names.h"

namespace pgrec {
namespace {

constexpr const char* kRelations =
    "the relations are meta, functions, calls, executions, preparations, worker_runs, statements, "
    "idle_in_transaction, errors, processes, losses and damages";

struct SqlArguments {
  std::string file;
  std::string sql;
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

ExitStatus sql(const SqlArguments& arguments) {
  const OutputFormat format = parse_output_format(arguments.format);
  TraceReader trace(arguments.file);
  Database database;
  import_trace(trace, database);
  const ExitStatus status = warn_if_not_whole(trace);
  try {
    run_statements(database, arguments.sql, format);
  } catch (const Error& error) {
    throw Error(error.what(), kRelations);
  }
  return status;
}

}  // namespace

void add_sql_command(CLI::App& app, ExitStatus& status) {
  auto arguments = std::make_shared<SqlArguments>();
  CLI::App* command = app.add_subcommand("sql", "run SQL over a trace");
  command->add_option("FILE", arguments->file, "the trace")->required();
  command->add_option("SQL", arguments->sql, "the statements")->required();
  command->add_option("--format", arguments->format, "text, csv or json")
      ->type_name("FORMAT")
      ->capture_default_str();
  command->footer(kRelations);
  command->callback([arguments, &status] { status = sql(*arguments); });
}

}  // namespace pgrec

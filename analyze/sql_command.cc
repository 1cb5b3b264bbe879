#include "analyze/sql_command.h"

#include <iostream>
#include <memory>
#include <string>

#include "analyze/prompt/prompt.h"
#include "analyze/prompt/questions.h"
#include "analyze/prompt/relation_list.h"
#include "analyze/report/table.h"
#include "analyze/report/trace_notes.h"
#include "analyze/sql/database.h"
#include "analyze/sql/importer.h"

namespace pgrec {
namespace {

struct SqlArguments {
  std::string file;
  std::string sql;
  std::string format = "text";
  WantedLayout layout;
  std::string ask;  // kList: which there are
};

constexpr const char* kList = "?";

void run(Database& database, const SqlArguments& arguments, OutputFormat format) {
  const PromptOptions options{format, arguments.layout.chosen()};
  try {
    if (!arguments.ask.empty()) {
      answer_question(database, arguments.ask, std::cout, options);
    } else if (!arguments.sql.empty()) {
      run_statements(database, arguments.sql, std::cout, options);
    } else {
      run_prompt(database, format, arguments.layout, std::cout, std::cerr);
    }
  } catch (const Error& error) {
    throw Error(error.what(), error.hint().empty() ? relations_hint() : error.hint());
  }
}

ExitStatus sql(const SqlArguments& arguments) {
  const OutputFormat format = parse_output_format(arguments.format);
  const Layout layout = arguments.layout.chosen();
  if (arguments.ask == kList) {
    print_questions(std::cout, format, layout);
    return kExitDone;
  }
  if (!arguments.ask.empty()) question_named(arguments.ask);
  if (arguments.file.empty()) throw UsageError("FILE is required", "pgrec sql FILE");
  if (!arguments.ask.empty() && !arguments.sql.empty())
    throw UsageError("--ask and SQL exclude each other", "one after the other");
  TraceReader trace(arguments.file);
  Database database;
  import_trace(trace, database);
  const ExitStatus status = warn_if_not_whole(trace);
  run(database, arguments, format);
  return status;
}

}  // namespace

void add_sql_command(CLI::App& app, ExitStatus& status) {
  auto arguments = std::make_shared<SqlArguments>();
  CLI::App* command = app.add_subcommand("sql", "run SQL over a trace");
  command->add_option("FILE", arguments->file, "the trace");
  command->add_option("SQL", arguments->sql, "the statements; none: a prompt, or from stdin");
  command->add_option("--format", arguments->format, "text, csv or json")
      ->type_name("FORMAT")
      ->capture_default_str();
  command->add_option("--ask", arguments->ask, "answer a ready question; no name: list them")
      ->type_name("NAME")
      ->expected(0, 1)
      ->default_str(kList);
  command->add_option("--width", arguments->layout.width, "columns of a text table")
      ->type_name("N");
  command->add_flag("--wide", arguments->layout.wide, "text tables of any width, nothing cut");
  command->footer(relations_hint());
  command->callback([arguments, &status] { status = sql(*arguments); });
}

}  // namespace pgrec

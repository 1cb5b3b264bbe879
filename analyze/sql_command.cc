#include "analyze/sql_command.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "analyze/filter/analysis.h"
#include "analyze/huge_pages.h"
#include "analyze/prompt/prompt.h"
#include "analyze/prompt/questions.h"
#include "analyze/prompt/relation_list.h"
#include "analyze/report/set_notes.h"
#include "analyze/report/table.h"
#include "analyze/sql/database.h"
#include "analyze/sql/reading_only.h"
#include "analyze/sql/set_relations.h"

namespace pgrec {
namespace {

struct SqlArguments {
  std::vector<std::string> words;  // files, and behind them the SQL
  std::string none;
  std::vector<std::string> files;
  std::string sql;
  std::string format = "text";
  WantedLayout layout;
  std::string ask;  // kList: which there are
  unsigned threads = 0;
};

constexpr const char* kList = "?";

// The last word is SQL, unless it is a file or is called like one.
bool is_file(const std::string& word) {
  std::error_code ignored;
  return word.ends_with(".pgt") || std::filesystem::exists(word, ignored);
}

void take_apart(SqlArguments& arguments) {
  arguments.files = arguments.words;
  if (arguments.words.size() < 2 || is_file(arguments.words.back())) return;
  arguments.sql = arguments.words.back();
  arguments.files.pop_back();
}

void run(Database& database, const SqlArguments& arguments, OutputFormat format) {
  const PromptOptions options{format, arguments.layout.chosen()};
  if (!arguments.ask.empty()) {
    answer_question(database, arguments.ask, std::cout, options);
  } else if (!arguments.sql.empty()) {
    run_statements(database, arguments.sql, std::cout, options);
  } else {
    run_prompt(database, format, arguments.layout, std::cout, std::cerr);
  }
}

ExitStatus sql(SqlArguments& arguments) {
  const OutputFormat format = parse_output_format(arguments.format);
  const Layout layout = arguments.layout.chosen();
  if (arguments.ask == kList) {
    print_questions(std::cout, format, layout);
    return kExitDone;
  }
  if (!arguments.ask.empty()) question_named(arguments.ask);
  take_apart(arguments);
  if (arguments.files.empty()) throw UsageError("FILE is required", "pgrec sql FILE");
  if (!arguments.ask.empty() && !arguments.sql.empty())
    throw UsageError("--ask and SQL exclude each other", "one after the other");
  use_huge_pages();
  Analysis analysis(arguments.files, Filters{}, arguments.threads);
  Database database;
  for (auto& relation : set_relations(analysis))
    database.add(std::move(relation));
  make_reading_only(database);
  try {
    run(database, arguments, format);
  } catch (const Error& error) {
    std::cout.flush();
    warn_if_not_whole(analysis.set());
    throw Error(error.what(), error.hint().empty() ? relations_hint() : error.hint());
  }
  // Of what the statements have read.
  return warn_if_not_whole(analysis.set());
}

}  // namespace

void add_sql_command(CLI::App& app, ExitStatus& status) {
  auto arguments = std::make_shared<SqlArguments>();
  CLI::App* command = app.add_subcommand("sql", "run SQL over traces");
  command->add_option("FILE", arguments->words, "traces, directories of them, globs")
      ->type_name("");
  // FILE takes all that stands there; this is for --help.
  command->add_option("SQL", arguments->none, "the statements; none: a prompt, or from stdin");
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
  command->add_option("--threads", arguments->threads, "threads that read; one for each CPU")
      ->type_name("N");
  command->footer(relations_hint());
  command->callback([arguments, &status] { status = sql(*arguments); });
}

}  // namespace pgrec

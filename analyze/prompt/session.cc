#include "analyze/prompt/session.h"

#include <ostream>
#include <utility>

#include "analyze/prompt/interrupts.h"
#include "analyze/prompt/questions.h"
#include "analyze/prompt/relation_list.h"
#include "analyze/sql/shared_names.h"
#include "format/error.h"
#include "format/print/join.h"
#include "format/print/nearest.h"

namespace pgrec {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

const std::vector<std::pair<std::string, std::string>>& commands() {
  static const std::vector<std::pair<std::string, std::string>> all = {
      {".ask", "the ready questions; .ask NAME answers one"},
      {".format", ".format text, csv or json: how answers are printed from now on"},
      {".help", "these commands"},
      {".quit", "ends pgrec sql, as Ctrl-D does"},
      {".schema", "the relations with their columns; .schema NAME of one"},
      {".tables", "the relations, and what a row of each is"},
  };
  return all;
}

std::vector<std::string> command_names() {
  std::vector<std::string> names;
  for (const auto& [name, does] : commands())
    names.push_back(name);
  return names;
}

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

}  // namespace

void run_statements(Database& database, std::string_view sql, std::ostream& out,
                    const PromptOptions& options) {
  bool first = true;
  while (auto statement = prepare_next_of_user(database, sql)) {
    if (statement->columns() == 0) {
      statement->run();
      continue;
    }
    if (!first && options.format == OutputFormat::kText) out << "\n";
    first = false;
    print_rows(out, *statement, options.format, options.layout);
  }
}

void answer_question(Database& database, std::string_view name, std::ostream& out,
                     const PromptOptions& options) {
  const ReadyQuestion& question = question_named(name);
  if (options.format == OutputFormat::kText) out << question.asks << "\n";
  run_statements(database, question.sql, out, options);
}

PromptSession::PromptSession(Database& database, std::ostream& out, PromptOptions options)
    : database_(database), out_(out), options_(options) {
  for (const DocumentedRelation& relation : documented_relations())
    words_.relations[relation.name] = columns_of_relation(database, relation.name);
  words_.commands = command_names();
  for (const ReadyQuestion& question : ready_questions())
    words_.questions.emplace_back(question.name);
}

PromptSession::Next PromptSession::take(std::string_view line) {
  if (statement_.empty()) {
    const std::string_view text = trimmed(line);
    if (text.empty()) return Next::kLine;
    if (text.starts_with('.')) return run_command(text);
  }
  statement_ += std::string(line) + "\n";
  if (Database::is_complete(statement_)) run(std::exchange(statement_, {}));
  return Next::kLine;
}

void PromptSession::finish() {
  run(std::exchange(statement_, {}));
}

Completion PromptSession::completions(std::string_view line) const {
  return pgrec::completions(words_, statement_, line);
}

void PromptSession::run(const std::string& sql) {
  if (Interrupts::came()) throw Error("interrupted");
  // Text is printed when all rows are there, so an interrupt can come behind the statement.
  if (options_.format == OutputFormat::kText) {
    OutputUntilInterrupt until_interrupt(out_.rdbuf());
    std::ostream out(&until_interrupt);
    run_statements(database_, sql, out, options_);
    if (!out && !Interrupts::came()) out_.setstate(std::ios::badbit);
  } else {
    run_statements(database_, sql, out_, options_);
  }
  if (Interrupts::came()) throw Error("interrupted");
}

PromptSession::Next PromptSession::run_command(std::string_view line) {
  const std::size_t blank = std::min(line.find_first_of(kBlanks), line.size());
  const std::string name(line.substr(0, blank));
  const std::string argument(trimmed(line.substr(blank)));
  if (name == ".quit" || name == ".exit") return Next::kQuit;
  if (name == ".help") {
    Table table{"commands", "", {{"command", "command"}, {"does", "does"}}, {}};
    for (const auto& [command, does] : commands())
      table.rows.push_back({command, does});
    print_table(std::move(table));
  } else if (name == ".tables") {
    Table table{"relations", "", {{"relation", "relation"}, {"row", "a row is"}}, {}};
    for (const DocumentedRelation& relation : documented_relations())
      table.rows.push_back({std::string(relation.name), std::string(relation.row)});
    print_table(std::move(table));
  } else if (name == ".schema") {
    print_schema(argument);
  } else if (name == ".format") {
    options_.format = parse_output_format(argument);
  } else if (name == ".ask" && argument.empty()) {
    print_questions(out_, options_.format, options_.layout);
  } else if (name == ".ask") {
    answer_question(database_, argument, out_, options_);
  } else {
    const auto near = nearest(name, command_names());
    throw Error("there is no command " + name,
                near.empty() ? ".help lists them" : "did you mean " + enumerate(near, "or") + "?");
  }
  return Next::kLine;
}

void PromptSession::print_table(Table table) {
  table.columns.back().flexible = true;
  print(out_, {table}, options_.format, options_.layout);
}

void PromptSession::print_schema(const std::string& name) {
  Table table{"columns", "", {{"relation", "relation"}, {"columns", "columns"}}, {}};
  if (name.empty()) {
    for (const auto& [relation, columns] : words_.relations)
      table.rows.push_back({relation, join(columns, ", ")});
    return print_table(std::move(table));
  }
  const auto columns = columns_of_relation(database_, name);
  if (columns.empty()) throw Error("there is no relation '" + name + "'", relations_hint());
  for (const std::string& column : columns)
    table.rows.push_back({name, column});
  table.columns[1] = {"column", "column"};
  print_table(std::move(table));
}

}  // namespace pgrec

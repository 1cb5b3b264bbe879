// What the lines of a person or a file do at the prompt of pgrec sql: statements, which may take
// several lines, and the prompt's own commands, which begin with a dot.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "analyze/prompt/completion.h"
#include "analyze/report/table.h"
#include "analyze/sql/database.h"

namespace pgrec {

struct PromptOptions {
  OutputFormat format = OutputFormat::kText;
  Layout layout;
};

// Runs every statement of `sql`, and prints what each gives to `out`; as text, with an empty line
// between two. Throws Error with SQLite's words.
void run_statements(Database& database, std::string_view sql, std::ostream& out,
                    const PromptOptions& options);

// Prints the answer to the ready question `name`; as text, under the question. Throws UsageError
// where there is none, Error with SQLite's words.
void answer_question(Database& database, std::string_view name, std::ostream& out,
                     const PromptOptions& options);

// Borrows the database and the stream.
class PromptSession {
 public:
  PromptSession(Database& database, std::ostream& out, PromptOptions options);

  enum class Next { kLine, kQuit };
  // Takes a line: what it completes is run. Throws Error where that fails; what was typed is gone
  // then, and the session goes on.
  Next take(std::string_view line);
  // Runs what has no `;` behind it. Throws Error.
  void finish();
  // Drops the lines of an unfinished statement.
  void drop() { statement_.clear(); }

  bool is_inside_statement() const { return !statement_.empty(); }
  Completion completions(std::string_view line) const;
  // For what comes next: a terminal may have another width by now.
  void set_layout(const Layout& layout) { options_.layout = layout; }

 private:
  Next run_command(std::string_view line);
  void run(const std::string& sql);
  void print_table(Table table);
  void print_schema(const std::string& name);

  Database& database_;
  std::ostream& out_;
  PromptOptions options_;
  std::string statement_;  // the lines of one that is not complete, each with its end
  CompletionWords words_;
};

}  // namespace pgrec

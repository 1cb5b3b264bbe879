#include "analyze/prompt/prompt.h"

#include <unistd.h>

#include <iostream>
#include <string>

#include "analyze/prompt/interrupts.h"
#include "analyze/prompt/line_editor.h"
#include "format/error.h"
#include "format/print/printable.h"

namespace pgrec {
namespace {

void run_piped(PromptSession& session) {
  std::string line;
  while (std::getline(std::cin, line)) {
    if (session.take(line) == PromptSession::Next::kQuit) return;
  }
  session.finish();
}

void print_error(std::ostream& errors, const Error& error) {
  const std::string what = Interrupts::came() ? "interrupted" : error.what();
  const bool has_hint = !Interrupts::came() && !error.hint().empty();
  print_line(errors, has_hint ? what + "; " + error.hint() : what);
  errors.flush();
}

}  // namespace

Layout WantedLayout::chosen() const {
  return choose_layout(width, wide, kAnyWidth);
}

void run_prompt(Database& database, OutputFormat format, const WantedLayout& layout,
                std::ostream& out, std::ostream& errors) {
  PromptSession session(database, out, {format, layout.chosen()});
  if (::isatty(STDIN_FILENO) != 1 || ::isatty(STDOUT_FILENO) != 1) return run_piped(session);
  const Interrupts interrupts(database);
  LineEditor editor(history_path(),
                    [&](std::string_view line) { return session.completions(line); });
  out << "SQL statements end with ; and .help lists what else there is\n";
  for (;;) {
    out.flush();
    const LineEditor::Line line =
        editor.read(session.is_inside_statement() ? "   ...> " : "pgrec> ");
    if (line.how == LineEditor::Ended::kInterrupted) {
      session.drop();
      continue;
    }
    if (line.how == LineEditor::Ended::kEnd) break;
    session.set_layout(layout.chosen());
    try {
      if (session.take(line.text) == PromptSession::Next::kQuit) return;
    } catch (const Error& error) {
      out.flush();
      print_error(errors, error);
    }
  }
  out << "\n";
}

}  // namespace pgrec

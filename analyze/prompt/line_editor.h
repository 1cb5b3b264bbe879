// Lines from a person at a terminal, with history and completion. The only place that includes
// libedit.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "analyze/prompt/completion.h"

namespace pgrec {

// $XDG_STATE_HOME/pgrec/sql_history, or below ~/.local/state; nothing where the environment says
// neither.
std::optional<std::string> history_path();

// Needs an Interrupts (analyze/prompt/interrupts.h) for Ctrl-C. Takes SIGCONT and SIGWINCH over
// while it lives; there is one at a time.
class LineEditor {
 public:
  // What the tab key offers for the text before the cursor.
  using Complete = std::function<Completion(std::string_view line)>;

  // Edits on stdin and stdout. `history` is a file that earlier lines are taken from and that they
  // are kept in, for its owner only; without one, or where it cannot be written, they are gone with
  // the editor, and nothing is said.
  LineEditor(std::optional<std::string> history, Complete complete);
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;
  ~LineEditor();

  enum class Ended { kLine, kInterrupted, kEnd };
  struct Line {
    Ended how = Ended::kEnd;  // Enter, Ctrl-C, or Ctrl-D or the end of the terminal
    std::string text;         // of kLine, without its end
  };
  // A Ctrl-C that comes behind Enter is left for who runs the line.
  Line read(const std::string& prompt);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pgrec

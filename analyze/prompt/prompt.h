// pgrec sql without a statement: a prompt for a person, and statements from a pipe.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>

#include "analyze/prompt/session.h"

namespace pgrec {

// What the person asked for; the layout is chosen again for every statement.
struct WantedLayout {
  std::optional<std::int64_t> width;
  bool wide = false;
  Layout chosen() const;
};

// Where stdin and stdout are a terminal: reads lines with a prompt, history and completion until
// .quit or Ctrl-D; what fails is a line on `errors`, and Ctrl-C drops the line that is typed or
// ends the statement that runs. Else: runs what is in stdin, in silence, and throws Error at the
// first thing that fails. Results go to `out`.
void run_prompt(Database& database, OutputFormat format, const WantedLayout& layout,
                std::ostream& out, std::ostream& errors);

}  // namespace pgrec

// The last line of a screen: the command that asks the next question.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pgrec {

// `word` as bash and zsh take it as one word: bare where nothing in it means something to them,
// else in quotes. It is printable and on one line whatever is in it, such as a file's name: control
// characters, bytes that are no UTF-8 and what else a terminal acts on are escapes of $'...', which
// reads back as the same bytes.
std::string shell_word(std::string_view word);

// "next: pgrec analyze run1.pgt --execution 4711   one execution in order of time": the command of
// `words`, each a shell_word(), and `why`, if any. Without the line's end.
std::string next_line(const std::vector<std::string>& words, std::string_view why = {});

}  // namespace pgrec

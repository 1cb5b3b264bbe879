// What the tab key offers at the prompt of pgrec sql.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace pgrec {

struct CompletionWords {
  std::map<std::string, std::vector<std::string>> relations;  // each with its columns
  std::vector<std::string> commands;                          // ".help"
  std::vector<std::string> questions;                         // for .ask
};

struct Completion {
  std::size_t typed = 0;           // bytes at the end of the line that the word has so far
  std::vector<std::string> words;  // whole, sorted, each once
  // What all of them begin with: never shorter than what was typed.
  std::string common;
};

// The words that can stand at the end of `line`, the text before the cursor, when `before` are the
// lines of the statement above it. At the start of a statement that begins with a dot, commands;
// behind a command, what it takes. Else SQL's keywords, written as what is typed is, and relations;
// columns of the relations that the statement names, of all where it names none. Behind
// "RELATION." its columns only. Without regard to case.
Completion completions(const CompletionWords& words, std::string_view before,
                       std::string_view line);

}  // namespace pgrec

#include "analyze/report/next_step.h"

#include <fmt/core.h>

#include <algorithm>

#include "format/print/join.h"
#include "format/print/printable.h"

namespace pgrec {
namespace {

bool is_bare(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_-+./:@%,").find(c) != std::string_view::npos;
}

// What $'...' has for one character.
std::string escaped(const Character& character) {
  if (character.is_utf8 && !acts_on_terminals(character.code)) {
    const bool is_special = character.code == '\'' || character.code == '\\';
    return (is_special ? "\\" : "") + std::string(character.bytes);
  }
  if (character.code == '\n') return "\\n";
  if (character.code == '\t') return "\\t";
  std::string bytes;
  for (const char byte : character.bytes)
    bytes += fmt::format("\\x{:02X}", static_cast<unsigned char>(byte));
  return bytes;
}

}  // namespace

std::string shell_word(std::string_view word) {
  if (!word.empty() && std::all_of(word.begin(), word.end(), is_bare)) return std::string(word);
  if (printable(word) == word && word.find('\'') == word.npos) return "'" + std::string(word) + "'";
  std::string quoted = "$'";
  while (!word.empty()) {
    const Character character = first_character(word);
    quoted += escaped(character);
    word.remove_prefix(character.bytes.size());
  }
  return quoted + "'";
}

std::string next_line(const std::vector<std::string>& words, std::string_view why) {
  const std::string command = "next: " + join(words, " ", shell_word);
  return why.empty() ? command : command + "   " + std::string(why);
}

}  // namespace pgrec

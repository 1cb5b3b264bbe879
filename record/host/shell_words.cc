#include "record/host/shell_words.h"

#include <string_view>

#include "format/print/join.h"

namespace pgrec {
namespace {

std::string quoted(const std::string& word) {
  static constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%_+=:,./-";
  if (!word.empty() && word.find_first_not_of(kPlain) == word.npos) return word;
  std::string text = "'";
  for (const char c : word) {
    if (c == '\'') {
      text += "'\\''";  // ends the quotes, a quote of its own, begins them again
    } else {
      text += c;
    }
  }
  return text + "'";
}

}  // namespace

std::string shell_line(const std::vector<std::string>& arguments) {
  return join(arguments, " ", quoted);
}

}  // namespace pgrec

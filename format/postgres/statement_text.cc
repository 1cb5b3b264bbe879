#include "format/postgres/statement_text.h"

#include <algorithm>

#include "format/postgres/statement_words.h"

namespace pgrec {
namespace {

// A query has no more parameters.
constexpr unsigned long kMostParameters = 65'535;

unsigned long last_parameter(StatementWords words) {
  unsigned long last = 0;
  while (const auto word = words.next()) {
    const unsigned long number = parameter_number(*word).value_or(0);
    if (number <= kMostParameters) last = std::max(last, number);
  }
  return last;
}

// What stands between two words in a text: what did in the query, or a blank where that was a
// comment, or where they would be one word.
std::string_view between(std::string_view there, bool would_join) {
  const bool blank = there.find_first_not_of(kSqlBlanks) == there.npos;
  return !blank || (there.empty() && would_join) ? " " : there;
}

std::string_view without_blanks_around(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSqlBlanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(kSqlBlanks) + 1 - first);
}

// How deep a place is in what holds semicolons of its own.
class Depth {
 public:
  void follow(const StatementWord& word) {
    if (word.text == "(") ++parentheses_;
    if (word.text == ")" && parentheses_ > 0) --parentheses_;
    if (word.kind == Lexeme::Kind::kWord) follow_blocks(word.text);
    before_ = word.kind == Lexeme::Kind::kWord ? word.text : std::string_view();
  }
  bool ends_statement(const StatementWord& word) const {
    return word.text == ";" && parentheses_ == 0 && blocks_ == 0;
  }

 private:
  // In a routine's body CASE is what else ends with END.
  void follow_blocks(std::string_view text) {
    if (is_word(text, "atomic") && is_word(before_, "begin")) ++blocks_;
    if (blocks_ == 0) return;
    if (is_word(text, "case")) ++blocks_;
    if (is_word(text, "end")) --blocks_;
  }

  std::size_t parentheses_ = 0;
  std::size_t blocks_ = 0;
  std::string_view before_;
};

}  // namespace

std::string text_without_literals(std::string_view query, bool cut, Doubt doubt) {
  StatementWords words(query, cut);
  const std::size_t known_until =
      doubt == Doubt::kHides ? words.reading().alike_until : words.reading().certain_until;
  unsigned long number = last_parameter(words);
  std::string text;
  std::size_t written = 0;  // of the query
  bool after_value = false;
  while (const auto word = words.next()) {
    const bool ends =
        word->from >= known_until || (word->kind == Lexeme::Kind::kQuotedName && !word->closed);
    const bool would_join = ends || (word->is_value && !text.empty() && is_of_name(text.back())) ||
                            (after_value && is_of_name(word->text.front()));
    if (!text.empty()) text += between(query.substr(written, word->from - written), would_join);
    if (ends) return text + "...";
    if (word->is_value)
      text += "$" + std::to_string(++number);
    else
      text += word->text;
    written = word->to;
    after_value = word->is_value;
  }
  return text;
}

std::vector<std::string_view> split_statements(std::string_view query, bool cut) {
  std::vector<std::string_view> statements;
  StatementWords words(query, cut);
  Depth depth;
  std::size_t from = 0;
  bool has_words = false;
  const auto end_at = [&](std::size_t to) {
    if (has_words) statements.push_back(without_blanks_around(query.substr(from, to - from)));
    has_words = false;
  };
  while (const auto word = words.next()) {
    if (depth.ends_statement(*word) && word->from < words.reading().certain_until) {
      end_at(word->from);
      from = word->to;
    } else {
      has_words = true;
    }
    depth.follow(*word);
  }
  end_at(query.size());
  if (statements.size() < 2) return {query};
  return statements;
}

}  // namespace pgrec

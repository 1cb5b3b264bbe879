#include "format/postgres/statement_fingerprint.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>
#include <vector>

#include "format/postgres/statement_words.h"

namespace pgrec {
namespace {

constexpr char kValue = '\x01';
constexpr char kCut = '\x02';

template <std::size_t kCount>
bool is_one_of(const Lexeme& lexeme, const std::array<std::string_view, kCount>& words) {
  return lexeme.kind == Lexeme::Kind::kWord &&
         std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return is_word(lexeme.text, word); });
}

// Puts the words of a query one behind the other, and leaves out those of an item of a list that
// are the words of the item before it, with a value among them.
class Words {
 public:
  void add(const StatementWord& word);
  // The query went on: what is not whole of a list says nothing of how many there are in it.
  void end_cut();
  std::string take() { return std::move(text_); }

 private:
  enum class Opened : std::uint8_t {
    kOther,   // parentheses or brackets in which nothing is left out
    kList,    // those of IN or ARRAY
    kValues,  // the rows behind VALUES, which nothing closes
  };
  struct Level {
    Opened opened = Opened::kOther;
    std::size_t item = 0;                // where its current item begins
    std::size_t last = 0, last_end = 0;  // the whole one before that; 0: there is none
  };
  void put(const StatementWord& word);
  void begin_item(Level& level) { level.item = text_.size(); }
  void end_item(Level& level);
  Opened opened_by(const StatementWord& word) const;
  bool is_value(const StatementWord& word) const;

  std::string text_;
  std::vector<Level> levels_;
  Lexeme before_;
  bool is_first_ = true;
  bool semicolon_ = false;
};

// NULL, true and false are values where they are one whole side of something.
bool Words::is_value(const StatementWord& word) const {
  static constexpr auto kConstants = std::to_array<std::string_view>({"null", "true", "false"});
  if (word.is_value || word.kind == Lexeme::Kind::kParameter) return true;
  return !is_first_ && before_.kind == Lexeme::Kind::kOperator && before_.text != ")" &&
         before_.text != "]" && before_.text != "." && is_one_of(word, kConstants);
}

void Words::put(const StatementWord& word) {
  if (!text_.empty()) text_ += ' ';
  if (is_value(word)) {
    text_ += kValue;
  } else if (word.kind == Lexeme::Kind::kWord) {
    std::transform(word.text.begin(), word.text.end(), std::back_inserter(text_), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
  } else {
    text_ += word.text;
  }
}

void Words::end_item(Level& level) {
  const std::string_view all = text_;
  const std::string_view item = all.substr(level.item);
  const std::string_view last = all.substr(level.last, level.last_end - level.last);
  if (!last.empty() && item == last && item.find(kValue) != item.npos) {
    text_.resize(level.last_end);
  } else {
    level.last = level.item;
    level.last_end = text_.size();
  }
}

Words::Opened Words::opened_by(const StatementWord& word) const {
  static constexpr auto kIn = std::to_array<std::string_view>({"in"});
  static constexpr auto kArray = std::to_array<std::string_view>({"array"});
  if (word.text == "(") return is_one_of(before_, kIn) ? Opened::kList : Opened::kOther;
  const bool nested = !levels_.empty() && levels_.back().opened == Opened::kList &&
                      (before_.text == "[" || before_.text == ",");
  return nested || is_one_of(before_, kArray) ? Opened::kList : Opened::kOther;
}

void Words::add(const StatementWord& word) {
  static constexpr auto kValues = std::to_array<std::string_view>({"values"});
  static constexpr auto kQueries =
      std::to_array<std::string_view>({"select", "with", "values", "table"});
  if (word.text == ";") {
    semicolon_ = !is_first_;
    levels_.clear();
    before_ = word;
    return;
  }
  if (semicolon_) text_ += " ;";
  semicolon_ = false;
  const bool opens = word.text == "(" || word.text == "[";
  const bool closes = word.text == ")" || word.text == "]";
  const bool separates = word.text == ",";
  // Behind VALUES and behind each comma there is a row, or these were all.
  while (!levels_.empty() && levels_.back().opened == Opened::kValues &&
         !(opens && (before_.text == "," || is_one_of(before_, kValues))) &&
         !(separates && before_.text == ")"))
    levels_.pop_back();
  if (!levels_.empty() && levels_.back().opened == Opened::kList && is_one_of(word, kQueries))
    levels_.back().opened = Opened::kOther;
  if ((closes || separates) && !levels_.empty() && levels_.back().opened == Opened::kList)
    end_item(levels_.back());
  if (closes && !levels_.empty()) levels_.pop_back();
  const Opened opened = opens ? opened_by(word) : Opened::kOther;
  put(word);
  if (separates && !levels_.empty()) begin_item(levels_.back());
  if (opens) levels_.push_back({opened, text_.size(), 0, 0});
  if (closes && !levels_.empty() && levels_.back().opened == Opened::kValues)
    end_item(levels_.back());
  if (is_one_of(word, kValues)) levels_.push_back({Opened::kValues, text_.size(), 0, 0});
  before_ = word;
  is_first_ = false;
}

void Words::end_cut() {
  for (; !levels_.empty(); levels_.pop_back()) {
    if (levels_.back().last_end > 0) text_.resize(levels_.back().last_end);
  }
  text_ += kCut;
}

// FNV-1a, of 64 bits (draft-eastlake-fnv).
std::uint64_t hash(std::string_view bytes) {
  std::uint64_t number = 0xCBF29CE484222325;
  for (const char byte : bytes)
    number = (number ^ static_cast<unsigned char>(byte)) * 0x100000001B3;
  return number;
}

}  // namespace

std::string words_of_statement(std::string_view query, bool cut) {
  StatementWords words(query, cut);
  Words all;
  while (const auto word = words.next()) {
    if (cut && word->to == query.size() && !word->is_value) break;  // there may be more of it
    all.add(*word);
  }
  if (cut) all.end_cut();
  return all.take();
}

std::uint64_t statement_fingerprint(std::string_view query, bool cut) {
  return std::max<std::uint64_t>(hash(words_of_statement(query, cut)), 1);
}

bool is_utility(std::string_view query) {
  static constexpr auto kPlanned = std::to_array<std::string_view>(
      {"select", "insert", "update", "delete", "merge", "values", "table", "with", "execute"});
  StatementWords words(query);
  auto word = words.next();
  while (word && word->text == "(")
    word = words.next();
  return word && word->kind == Lexeme::Kind::kWord && !is_one_of(*word, kPlanned);
}

}  // namespace pgrec

#include "format/postgres/statement_words.h"

#include <algorithm>
#include <array>

#include "format/print/number.h"

namespace pgrec {
namespace {

// A number that its lexer takes has nine digits, and some of ten.
constexpr std::size_t kMostDigits = 9;

// The words before which a sign is no operator; a name of a column is none of them.
constexpr auto kBeforeSign = std::to_array<std::string_view>(
    {"all",    "and",    "between", "by",    "case",   "default", "distinct", "else", "for",
     "from",   "having", "in",      "limit", "not",    "offset",  "on",       "or",   "returning",
     "select", "set",    "then",    "to",    "values", "when",    "where"});

template <std::size_t kCount>
bool is_one_of(std::string_view text, const std::array<std::string_view, kCount>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return is_word(text, word); });
}

bool is_named(const Lexeme& lexeme) {
  return lexeme.kind == Lexeme::Kind::kWord || lexeme.kind == Lexeme::Kind::kQuotedName;
}

bool is_literal(const Lexeme& lexeme) {
  return lexeme.kind == Lexeme::Kind::kString || lexeme.kind == Lexeme::Kind::kNumber;
}

std::optional<Lexeme> next_but_comments(SqlLexer& lexer) {
  auto lexeme = lexer.next();
  while (lexeme && lexeme->kind == Lexeme::Kind::kComment)
    lexeme = lexer.next();
  return lexeme;
}

}  // namespace

std::optional<unsigned long> parameter_number(const Lexeme& lexeme) {
  if (lexeme.kind != Lexeme::Kind::kParameter || lexeme.text.size() > 1 + kMostDigits)
    return std::nullopt;
  return parse_number<unsigned long>(lexeme.text.substr(1));
}

std::optional<StatementWord> StatementWords::next() {
  const auto lexeme = next_but_comments(lexer_);
  if (!lexeme) return std::nullopt;
  StatementWord word{*lexeme, false};
  Lexeme number;
  if (is_sign(*lexeme, number)) {
    word.kind = Lexeme::Kind::kNumber;
    word.to = number.to;
    word.text = {lexeme->text.data(), number.to - lexeme->from};
  }
  const bool is_parameter = word.kind == Lexeme::Kind::kParameter;
  word.is_value =
      is_literal(word) || (is_parameter && !parameter_number(word)) || stands_for_value(word);
  follow(word, word.is_value);
  before_ = word;
  return word;
}

// A number that follows is read with it.
bool StatementWords::is_sign(const Lexeme& lexeme, Lexeme& number) {
  if (lexeme.text != "-" || count_ == 0) return false;
  const std::string_view before = before_.text;
  if (is_literal(before_) || before_.kind == Lexeme::Kind::kParameter || before == ")" ||
      before == "]" || before_.kind == Lexeme::Kind::kQuotedName ||
      (before_.kind == Lexeme::Kind::kWord && !is_one_of(before, kBeforeSign)))
    return false;
  SqlLexer ahead = lexer_;
  const auto after = next_but_comments(ahead);
  if (!after || after->kind != Lexeme::Kind::kNumber) return false;
  lexer_ = ahead;
  number = *after;
  return true;
}

bool StatementWords::stands_for_value(const Lexeme& lexeme) {
  if (!is_named(lexeme)) return false;
  if (place_ == Place::kBeforeValue) return !is_word(lexeme.text, "default");
  return place_ == Place::kBeforePassword && !is_word(lexeme.text, "null");
}

void StatementWords::follow(const Lexeme& lexeme, bool is_value) {
  static constexpr auto kSettings = std::to_array<std::string_view>({"set", "alter", "create"});
  static constexpr auto kRoles = std::to_array<std::string_view>({"role", "user", "group"});
  static constexpr auto kScopes = std::to_array<std::string_view>({"session", "local"});
  const std::string_view text = lexeme.text;
  const bool is_plain = lexeme.kind == Lexeme::Kind::kWord;
  if (text == ";") {
    count_ = 0;
    place_ = Place::kAnywhere;
    return;
  }
  if (count_ == 0) {
    has_settings_ = is_plain && is_one_of(text, kSettings);
    has_roles_ = false;
  }
  if (count_ == 1) has_roles_ = has_settings_ && is_plain && is_one_of(text, kRoles);
  ++count_;
  const Place was = place_;
  place_ = Place::kAnywhere;
  switch (was) {
    case Place::kBeforeSetting:
      if (is_named(lexeme)) place_ = Place::kInSetting;
      if (is_word(before_.text, "set") && is_plain && is_one_of(text, kScopes)) place_ = was;
      break;
    case Place::kInSetting:
      if (text == ".") place_ = Place::kBeforeSetting;
      if (text == "=" || (is_plain && is_word(text, "to"))) place_ = Place::kBeforeValue;
      break;
    case Place::kBeforeValue:
      place_ = text == "-" || text == "+" ? was : Place::kInValues;
      break;
    case Place::kInValues:
      if (text == ",") place_ = Place::kBeforeValue;
      break;
    default:
      break;
  }
  if (place_ != Place::kAnywhere || is_value || !is_plain) return;
  if (has_settings_ && is_word(text, "set")) place_ = Place::kBeforeSetting;
  if (has_roles_ && is_word(text, "password")) place_ = Place::kBeforePassword;
}

}  // namespace pgrec

#include "format/postgres/sql_lexer.h"

#include <algorithm>

namespace pgrec {
namespace {

bool is_one_of(char c, std::string_view all) {
  return c != '\0' && all.find(c) != all.npos;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool begins_name(char c) {
  const char small = lower(c);
  return (small >= 'a' && small <= 'z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

bool is_line_end(char c) {
  return c == '\n' || c == '\r';
}

constexpr std::string_view kOperatorCharacters = "~!@#^&|`?+-*/%<>=";
// One with any of these may end with a sign.
constexpr std::string_view kBeforeASign = "~!@#^&|`?%";

}  // namespace

bool is_of_name(char c) {
  return begins_name(c) || is_digit(c) || c == '$';
}

bool is_word(std::string_view text, std::string_view word) {
  return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                    [](char a, char b) { return lower(a) == b; });
}

std::optional<Lexeme> SqlLexer::next() {
  place_ = std::min(sql_.find_first_not_of(kSqlBlanks, place_), sql_.size());
  if (place_ == sql_.size()) return std::nullopt;
  Lexeme lexeme;
  lexeme.from = place_;
  read(lexeme);
  place_ = lexeme.to;
  lexeme.text = sql_.substr(lexeme.from, lexeme.to - lexeme.from);
  return lexeme;
}

void SqlLexer::read(Lexeme& lexeme) {
  const std::size_t from = lexeme.from;
  const char first = at(from);
  if (read_quoted(lexeme)) return;
  if (first == '$' && read_dollar(lexeme)) return;
  if (begins_name(first)) {
    lexeme.kind = Lexeme::Kind::kWord;
    lexeme.to = from + 1;
    while (is_of_name(at(lexeme.to)))
      ++lexeme.to;
  } else if (is_digit(first) || (first == '.' && is_digit(at(from + 1)))) {
    read_number(lexeme);
  } else if (first == '-' && at(from + 1) == '-') {
    lexeme.kind = Lexeme::Kind::kComment;
    lexeme.to = end_of_line(from);
  } else if (first == '/' && at(from + 1) == '*') {
    lexeme.kind = Lexeme::Kind::kComment;
    lexeme.to = end_of_block(from, lexeme);
  } else {
    read_operator(lexeme);
  }
}

// A name goes on as long as it can, so what is before the quote here is no end of a longer one.
bool SqlLexer::read_quoted(Lexeme& lexeme) {
  const std::size_t from = lexeme.from;
  std::size_t quote = from;
  const char first = lower(at(from));
  if (is_one_of(first, "ebxn") && at(from + 1) == '\'') quote = from + 1;
  if (first == 'u' && at(from + 1) == '&' && is_one_of(at(from + 2), "'\"")) quote = from + 2;
  if (at(quote) == '"') {
    lexeme.kind = Lexeme::Kind::kQuotedName;
    lexeme.to = end_of_name(quote, lexeme);
    return true;
  }
  if (at(quote) != '\'') return false;
  const bool plain = quote == from || first == 'n';
  const bool escapes = first == 'e' || (plain && backslash_ == Backslash::kEscapes);
  lexeme.kind = Lexeme::Kind::kString;
  lexeme.to = end_of_string(quote, escapes, lexeme);
  return true;
}

// '' is a quote, and so is \' where a backslash escapes. A string goes on in another line.
std::size_t SqlLexer::end_of_string(std::size_t quote, bool escapes, Lexeme& lexeme) const {
  std::size_t place = quote + 1;
  while (place < sql_.size()) {
    if (escapes && at(place) == '\\') {
      place += 2;
    } else if (at(place) != '\'') {
      ++place;
    } else if (at(place + 1) == '\'') {
      place += 2;
    } else if (const std::size_t more = next_part(place + 1); more != sql_.npos) {
      place = more + 1;
    } else {
      return place + 1;
    }
  }
  lexeme.closed = false;
  return sql_.size();
}

// Where a quote is behind blanks, the end of a line among them, and comments that end with a line.
std::size_t SqlLexer::next_part(std::size_t place) const {
  bool line_ended = false;
  while (place < sql_.size()) {
    if (is_one_of(at(place), kSqlBlanks)) {
      line_ended = line_ended || is_line_end(at(place));
      ++place;
    } else if (at(place) == '-' && at(place + 1) == '-') {
      place = end_of_line(place);
    } else {
      return line_ended && at(place) == '\'' ? place : sql_.npos;
    }
  }
  return sql_.npos;
}

std::size_t SqlLexer::end_of_name(std::size_t quote, Lexeme& lexeme) const {
  std::size_t place = quote + 1;
  while (place < sql_.size()) {
    if (at(place) != '"') {
      ++place;
    } else if (at(place + 1) == '"') {
      place += 2;
    } else {
      return place + 1;
    }
  }
  lexeme.closed = false;
  return sql_.size();
}

// $1, or a string between $$ and $$ or $tag$ and $tag$; a $ else stands for itself.
bool SqlLexer::read_dollar(Lexeme& lexeme) {
  std::size_t place = lexeme.from + 1;
  if (is_digit(at(place))) {
    while (is_digit(at(place)))
      ++place;
    lexeme.kind = Lexeme::Kind::kParameter;
    lexeme.to = place;
    return true;
  }
  while (begins_name(at(place)) || is_digit(at(place)))
    ++place;
  if (at(place) != '$') {
    if (place < sql_.size()) return false;
    lexeme.closed = false;  // a text that was cut may have ended in the tag
  }
  const std::string_view tag = sql_.substr(lexeme.from, place + 1 - lexeme.from);
  const std::size_t end = lexeme.closed ? sql_.find(tag, place + 1) : sql_.npos;
  lexeme.kind = Lexeme::Kind::kString;
  lexeme.closed = end != sql_.npos;
  lexeme.to = lexeme.closed ? end + tag.size() : sql_.size();
  return true;
}

// Digits with underscores, in base 2, 8, 10 or 16; a fraction (not of 1..2), an exponent; and
// whatever of a name is behind it.
void SqlLexer::read_number(Lexeme& lexeme) {
  std::size_t place = lexeme.from;
  const auto pass_over_digits = [&] {
    while (is_digit(at(place)) || (at(place) == '_' && is_digit(at(place + 1))))
      ++place;
  };
  pass_over_digits();
  if (at(place) == '.' && at(place + 1) != '.') {
    ++place;
    pass_over_digits();
  }
  const bool is_signed = is_one_of(at(place + 1), "+-");
  if (lower(at(place)) == 'e' && is_digit(at(place + (is_signed ? 2 : 1)))) {
    place += is_signed ? 2 : 1;
    pass_over_digits();
  }
  if (begins_name(at(place))) {
    while (is_of_name(at(place)))
      ++place;
  }
  lexeme.kind = Lexeme::Kind::kNumber;
  lexeme.to = place;
}

// Up to a comment, and without a sign at its end unless one of some characters is in it.
void SqlLexer::read_operator(Lexeme& lexeme) {
  lexeme.kind = Lexeme::Kind::kOperator;
  std::size_t place = lexeme.from;
  while (is_one_of(at(place), kOperatorCharacters)) {
    const std::string_view two = sql_.substr(place, 2);
    if (two == "--" || two == "/*") break;
    ++place;
  }
  if (place == lexeme.from) {
    const std::string_view two = sql_.substr(place, 2);
    lexeme.to = place + (two == "::" || two == ":=" || two == ".." ? 2 : 1);
    return;
  }
  const std::string_view whole = sql_.substr(lexeme.from, place - lexeme.from);
  if (whole.find_first_of(kBeforeASign) == whole.npos) {
    while (place > lexeme.from + 1 && is_one_of(sql_[place - 1], "+-"))
      --place;
  }
  lexeme.to = place;
}

std::size_t SqlLexer::end_of_line(std::size_t place) const {
  return std::min(sql_.find_first_of("\n\r", place), sql_.size());
}

std::size_t SqlLexer::end_of_block(std::size_t place, Lexeme& lexeme) const {
  for (std::size_t depth = 0; place < sql_.size();) {
    const std::string_view two = sql_.substr(place, 2);
    if (two == "/*") {
      ++depth;
      place += 2;
    } else if (two == "*/") {
      place += 2;
      if (--depth == 0) return place;
    } else {
      ++place;
    }
  }
  lexeme.closed = false;
  return sql_.size();
}

// What is not closed under a setting is no SQL there.
SqlReading reading_of(std::string_view sql, bool cut) {
  SqlReading reading{SqlLexer::Backslash::kIsItself, sql.size(), sql.size()};
  if (sql.find("\\'") == sql.npos) return reading;
  SqlLexer itself(sql), escapes(sql, SqlLexer::Backslash::kEscapes);
  bool closed = true, other_closed = true;
  std::optional<Lexeme> one, other;
  do {
    one = itself.next();
    other = escapes.next();
    closed = closed && (!one || one->closed);
    other_closed = other_closed && (!other || other->closed);
    if (reading.alike_until == sql.size() && one && (!other || other->to != one->to))
      reading.alike_until = one->from;
  } while (one || other);
  if (cut || closed == other_closed)
    reading.certain_until = reading.alike_until;
  else if (!closed)
    reading.backslash = SqlLexer::Backslash::kEscapes;
  return reading;
}

}  // namespace pgrec

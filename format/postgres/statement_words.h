// A query's words one after the other: its lexemes without comments, each with whether it is a
// value that a user typed. What pgrec takes for a literal is decided here, for texts and for
// fingerprints alike.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "format/postgres/sql_lexer.h"

namespace pgrec {

struct StatementWord : Lexeme {
  // A literal: a string in any of its forms, such as the body of a function or a password, or a
  // number, with its sign. A word that stands for a value: of a setting (SET a.b TO c), or behind
  // PASSWORD where a role is made or changed. A parameter of more than nine digits.
  bool is_value = false;
};

class StatementWords {
 public:
  // Borrows the query. `cut`: it went on.
  explicit StatementWords(std::string_view query, bool cut = false)
      : reading_(reading_of(query, cut)), lexer_(query, reading_.backslash) {}

  // The next one; nothing at the end.
  std::optional<StatementWord> next();
  // How they are found.
  const SqlReading& reading() const { return reading_; }

 private:
  // Where in a statement it is.
  enum class Place : std::uint8_t {
    kAnywhere,
    kBeforeSetting,  // behind SET, or the dot in a setting's name
    kInSetting,      // behind the name
    kBeforeValue,    // behind = or TO, or a comma
    kInValues,       // behind a value
    kBeforePassword,
  };
  bool is_sign(const Lexeme& lexeme, Lexeme& number);
  bool stands_for_value(const Lexeme& lexeme);
  void follow(const Lexeme& lexeme, bool is_value);

  SqlReading reading_;
  SqlLexer lexer_;
  Lexeme before_;  // the last one
  Place place_ = Place::kAnywhere;
  std::size_t count_ = 0;      // of the lexemes of this statement so far
  bool has_settings_ = false;  // it may SET some
  bool has_roles_ = false;     // it makes or changes one
};

// The number of a parameter $n; nothing where it has more than nine digits.
std::optional<unsigned long> parameter_number(const Lexeme& lexeme);

}  // namespace pgrec

// Takes SQL apart into lexemes as PostgreSQL's scan.l does, of all versions from 13 to 18: what one
// of them refuses is still taken for something, so a text is read to its end whatever it is. It
// knows no grammar and no keywords. Costs a pass over the text, and no memory.
//
// Where versions differ, as much as possible is one literal: 0x1F, 1_000 and 12ab are, which before
// 15 were a number and a name. What is not closed goes on to the end of the text; so of a text that
// was cut, all but the last lexeme is what it is in the whole of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pgrec {

struct Lexeme {
  enum class Kind : std::uint8_t {
    kWord,        // a keyword, or a name without quotes
    kQuotedName,  // "…", U&"…"
    kString,  // '…', E'…', B'…', X'…', U&'…', N'…', $tag$…$tag$; over several lines, one
    kNumber,
    kParameter,  // $1
    kOperator,   // one, or a character that stands for itself
    kComment,    // of either kind; blocks nest
  };
  std::size_t from = 0;  // bytes in the text
  std::size_t to = 0;
  Kind kind = Kind::kOperator;
  bool closed = true;  // else the text ends in it
  std::string_view text;
};

class SqlLexer {
 public:
  // How a server reads '\': as itself, or with standard_conforming_strings off as in E'\'.
  enum class Backslash : std::uint8_t { kIsItself, kEscapes };

  // Borrows the text.
  explicit SqlLexer(std::string_view sql, Backslash backslash = Backslash::kIsItself)
      : sql_(sql), backslash_(backslash) {}

  // The next lexeme, behind blanks; nothing at the end.
  std::optional<Lexeme> next();

 private:
  char at(std::size_t place) const { return place < sql_.size() ? sql_[place] : '\0'; }
  void read(Lexeme& lexeme);
  bool read_quoted(Lexeme& lexeme);
  bool read_dollar(Lexeme& lexeme);
  void read_number(Lexeme& lexeme);
  void read_operator(Lexeme& lexeme);
  std::size_t end_of_string(std::size_t quote, bool escapes, Lexeme& lexeme) const;
  std::size_t next_part(std::size_t place) const;
  std::size_t end_of_name(std::size_t quote, Lexeme& lexeme) const;
  std::size_t end_of_line(std::size_t place) const;
  std::size_t end_of_block(std::size_t place, Lexeme& lexeme) const;

  std::string_view sql_;
  Backslash backslash_;
  std::size_t place_ = 0;
};

// How a text is read, where a string of it holds \', by standard_conforming_strings, which only the
// session knows.
struct SqlReading {
  // The setting that reads the text to its end, if only one does.
  SqlLexer::Backslash backslash = SqlLexer::Backslash::kIsItself;
  // From this byte on the other setting finds other lexemes; the text's size: nowhere.
  std::size_t alike_until = 0;
  // The same where both settings read the text to its end, or none: which it is, nobody knows.
  std::size_t certain_until = 0;
};
// `cut`: that a text has no end says nothing.
SqlReading reading_of(std::string_view sql, bool cut);

// What SQL has between lexemes.
inline constexpr std::string_view kSqlBlanks = " \t\n\r\f\v";

// Whether it can be in a name without quotes; `c` is a byte of any encoding that a server has.
bool is_of_name(char c);

// Whether two words, names without quotes or keywords, are one: `word` is in lower case.
bool is_word(std::string_view text, std::string_view word);

}  // namespace pgrec

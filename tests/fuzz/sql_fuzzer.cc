// Fuzz target: takes any bytes for SQL. Lexemes account for every byte; a text without literals has
// none, and the fingerprint of the query; the statements of a query have one each.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "format/postgres/sql_lexer.h"
#include "format/postgres/statement_fingerprint.h"
#include "format/postgres/statement_text.h"
#include "format/postgres/statement_words.h"

namespace {

using namespace pgrec;

void require(bool holds) {
  if (!holds) std::abort();
}

void read_lexemes(std::string_view sql, SqlLexer::Backslash backslash) {
  SqlLexer lexer(sql, backslash);
  std::size_t place = 0;
  const auto only_blanks_until = [&](std::size_t to) {
    return sql.substr(place, to - place).find_first_not_of(kSqlBlanks) == sql.npos;
  };
  while (const auto lexeme = lexer.next()) {
    require(lexeme->from >= place && lexeme->to > lexeme->from && lexeme->to <= sql.size());
    require(lexeme->closed || lexeme->to == sql.size());
    require(only_blanks_until(lexeme->from));
    require(lexeme->text == sql.substr(lexeme->from, lexeme->to - lexeme->from));
    place = lexeme->to;
  }
  require(only_blanks_until(sql.size()));
}

void normalize(std::string_view sql) {
  const std::string text = text_without_literals(sql);
  StatementWords words(text);
  while (const auto word = words.next())
    require(!word->is_value);
  require(text_without_literals(text) == text);
  if (!text.ends_with("...")) require(statement_fingerprint(text) == statement_fingerprint(sql));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view sql(reinterpret_cast<const char*>(data), size);
  read_lexemes(sql, SqlLexer::Backslash::kIsItself);
  read_lexemes(sql, SqlLexer::Backslash::kEscapes);
  normalize(sql);
  text_without_literals(sql, true);
  require(statement_fingerprint(sql, true) != 0);
  const auto statements = split_statements(sql);
  require(!statements.empty());
  for (const std::string_view one : statements)
    require(split_statements(one).size() == 1);
  return 0;
}

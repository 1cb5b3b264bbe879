// What a query says without the values in it, and the statements that it has one after the other:
// the one way in which texts are made for whatever shows or keeps them. Goes by the lexemes alone
// (sql_lexer.h), so whatever a server is sent has such a text, of any length, whether it parses or
// not. Takes time and memory by the length of the query.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pgrec {

// The server's own words for what autovacuum does begin so; they are no SQL.
inline constexpr std::string_view kAutovacuumText = "autovacuum: ";

enum class Doubt : std::uint8_t {
  kHides,           // for what is not to hold any literal
  kTakesTheLikely,  // for people who have the literals anyway
};

// `query` without what a user typed as a value: each (StatementWord::is_value) becomes $n, numbered
// on from the parameters there, and comments are left out. What is left is keywords (NULL, true and
// false among them), names, operators and parameters. `cut`: the query went on.
// Ends with "..." before a quoted name that does not end, and before a string from which on it
// depends on the session what is a literal (SqlReading): with Doubt::kHides wherever that is so.
//
//   SET a.b TO c; SELECT 'x', -5, $1 /* y */  ->  SET a.b TO $2; SELECT $3, $4, $1
std::string text_without_literals(std::string_view query, bool cut = false,
                                  Doubt doubt = Doubt::kHides);

// The statements of `query`, at least one, which point into it, without blanks and semicolons
// around them: `query` as it is where it has one or none. They end with semicolons outside of
// parentheses and of a routine's BEGIN ATOMIC … END, as far as what is one is certain. Nothing says
// that they are right.
std::vector<std::string_view> split_statements(std::string_view query, bool cut = false);

}  // namespace pgrec

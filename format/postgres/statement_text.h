// What libpg_query, PostgreSQL's own parser as a library, tells of a query: what executions that
// differ only in literals have in common, and the query without them. The only user of libpg_query;
// for both halves. Safe in the threads that parsing_room.h is. A query for which there is no memory
// is to all of them one that does not parse.
//
// libpg_query reads the syntax of PostgreSQL 15, with standard_conforming_strings on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace pgrec {

// `query` with each constant replaced by $1, $2, …, as PostgreSQL's own parser finds them. A text
// that does not parse (a cut one, another dialect), or is over 64 KiB, is its own statement.
std::string statement_text(const std::string& query);

// libpg_query's fingerprint: one of all queries that differ only in literals, in how many there are
// in a list, in names of parameters and aliases, in blanks and in comments. Nothing where the query
// does not parse or is over 64 KiB; never 0.
std::optional<std::uint64_t> statement_fingerprint(const std::string& query);

struct TextWithoutLiterals {
  std::optional<std::string> text;
  bool had_room = true;  // false: there was no memory to parse it
};

// `query` without what a user typed as a value: each literal (a string in any of its forms, such as
// the body of a function or a password, a number, a bit string) and each value of a setting becomes
// $n, numbered on from the parameters there, and comments are left out. What is left of it is
// keywords (NULL, true and false among them), names, operators and parameters, all of which
// PostgreSQL's own lexer found to be such.
// Nothing where the query does not parse, is over 64 KiB, or would be read otherwise by a server
// with standard_conforming_strings off.
//
//   SET a.b TO c; SELECT 'x', -5, $1 /* y */  ->  SET a.b TO $2; SELECT $3, $4, $1
TextWithoutLiterals text_without_literals(const std::string& query);

// The statements that `query` has one after the other, each without blanks and semicolons around
// it; `query` as it is where it has one only, does not parse or is over 64 KiB.
std::vector<std::string> split_statements(const std::string& query);

}  // namespace pgrec

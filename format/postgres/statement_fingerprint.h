// As which statement a query is known where the server computed no query id: a number of its words.
// docs/format.md has it to the byte ("Fingerprints").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pgrec {

// One number for all queries that differ only
//   - in literals, with NULL, true and false where a value stands, and in parameters: SELECT 1, $2
//   - in how many values there are in a list of IN or ARRAY, or rows in VALUES, if they are alike
//   - in blanks, comments, the case of words without quotes, and semicolons around statements.
// Never 0. `cut`: `query` is the beginning of one; it has that of no whole query.
//
//   SELECT a FROM t WHERE b IN (1, 2) -- x     as   select A from T where B in ( 'y' );
std::uint64_t statement_fingerprint(std::string_view query, bool cut = false);

// What the fingerprint is of: words with a blank between each two, values as a byte 01.
std::string words_of_statement(std::string_view query, bool cut = false);

// Whether PostgreSQL does not plan it (all but SELECT, INSERT, UPDATE, DELETE, MERGE, VALUES, TABLE
// and EXECUTE), which its first word says. The query id of one that it doesn't plan is of its
// literals too, before PostgreSQL 16 of all its text.
bool is_utility(std::string_view query);

}  // namespace pgrec

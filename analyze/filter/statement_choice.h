// --query: the statements of a set that ids, fingerprints and parts of texts choose.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "analyze/calls/statement_table.h"

namespace pgrec {

// What one argument chose, and what it was taken for.
struct StatementChoice {
  enum class As { kStatementId, kQueryId, kFingerprint, kText };
  std::string asked;  // without the # of an id
  As as = As::kText;
  std::vector<std::size_t> places;  // in StatementTable::rows(); none: it chooses nothing
};

// An argument is a list of ids ("12, #13, 9a848d5e6672b3de"), or a part of a text, with its commas.
std::vector<std::string> split_queries(const std::vector<std::string>& arguments);

// Takes each of `queries` for the first of these that there is:
//     #12, 12               a statement's id
//     12, -4711             a query id
//     9a848d5e6672b3de      a fingerprint
//     anything else         a part of the text without literals, in any case, each run of blanks as
//                           one; a * in it stands for anything
std::vector<StatementChoice> choose_statements(const StatementTable& statements,
                                               const std::vector<std::string>& queries);

// "statement 4", "query id 4711", "fingerprint 9a848d5e6672b3de", "text like 'orders'".
std::string taken_for(const StatementChoice& choice);

}  // namespace pgrec

// The ready questions: SQL that is often wanted, each with a name and what it asks in a sentence.
// They are the files of samples/queries, which the build takes in.
#pragma once

#include <iosfwd>
#include <string_view>
#include <vector>

#include "analyze/report/table.h"

namespace pgrec {

// Views of constants.
struct ReadyQuestion {
  std::string_view name;  // "slowest-statements"
  std::string_view asks;  // the sentence
  std::string_view sql;   // one statement
};

// All of them, by name. Throws Error where a file does not begin with "-- " and its question.
const std::vector<ReadyQuestion>& ready_questions();

// Throws UsageError where there is none of that name, which names those near to it.
const ReadyQuestion& question_named(std::string_view name);

// The name and the question of each.
void print_questions(std::ostream& out, OutputFormat format, const Layout& layout);

}  // namespace pgrec

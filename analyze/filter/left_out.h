// What the filters of an analysis leave out, in words: the first line of every screen.
#pragma once

#include <string>
#include <vector>

#include "analyze/filter/analysis.h"

namespace pgrec {

// A filter, and what it lets through.
struct LetThrough {
  std::string key;    // "functions", "pids", "from_ns", "statements", …
  std::string value;  // for programs
  std::string text;   // for people
};

// One for each filter that was given; then, where executions were counted, how many they are.
std::vector<LetThrough> let_through(Analysis& analysis);

// "only: heap_insert of 12 functions; from 1.50 s to 2.50 s; statement 4 (INSERT INTO …); 3 of 120
// executions"; empty where nothing is left out. Names are as the traces have them: print it
// printable.
std::string left_out_line(Analysis& analysis);

}  // namespace pgrec

// analyze --execution as text: what is known of the execution, and its calls as a waterfall.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>

#include "analyze/calls/execution_detail.h"
#include "analyze/filter/analysis.h"
#include "format/print/printable.h"

namespace pgrec {

struct ExecutionLinesOptions {
  std::size_t width = 80;  // no line is wider; kAnyWidth: as 120, but texts are whole
  std::size_t limit = 60;  // lines of the waterfall; 0: any number
};

// Prints the execution. The lines of the waterfall have when each began, how long it took, its self
// time, a bar where in the execution it was, and what it is. What did not return has the most that
// it can have been, "≤", and ends with its outcome.
void print_execution(std::ostream& out, Analysis& analysis, const ExecutionDetail& detail,
                     const ExecutionLinesOptions& options = {});

// "1.234567890s": a time of the set, as --from and --to take it.
std::string exact_time(Timestamp at);

}  // namespace pgrec

// What pgrec analyze shows without a view: what was recorded, the functions, and the statements
// that took the most time.
#pragma once

#include <string>
#include <vector>

#include "analyze/calls/duration_profile.h"
#include "analyze/filter/analysis.h"
#include "analyze/report/view_result.h"
#include "format/trace/trace_reader.h"

namespace pgrec {

// What was recorded, where and when, in a few lines of text.
std::string trace_headline(const TraceReader& trace);

// Of what is wanted, per function: calls, total, self, mean, percentiles, max, and the calls that
// did not return; then the ten statements that took the most time. In text, functions without a
// call are one line. `words`: of the command line up to here, for what to ask next.
ViewResult summary_view(Analysis& analysis, Percentiles percentiles,
                        const std::vector<std::string>& words);

}  // namespace pgrec

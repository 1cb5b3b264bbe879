// The summary that a chunk must have, from the calls that ended in it: computed without the code
// that makes summaries. But for statements and the longest executions, of which a writer that was
// not told of classes knows nothing.
#pragma once

#include <vector>

#include "format/table/summary.h"
#include "tests/unit/random_events.h"

namespace pgrec::test {

// Of a chunk of the events `batch`, in which `ended` ended and before which `losses` were told of.
Summary expected_summary(const std::vector<ThreadEvents>& batch, const Oracle::Ended& ended,
                         const std::vector<Loss>& losses);

// The lower bounds of a histogram's rows, by counting them up, and the upper one of the last: 1 ns
// apart below 32, then sixteen an octave.
const std::vector<std::uint64_t>& histogram_bounds();

}  // namespace pgrec::test

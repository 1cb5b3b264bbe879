// Histograms with rows of equal width, of calls that are wanted: by a pass over them, once the
// shortest and the longest are known.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "analyze/calls/chunk_pass.h"
#include "analyze/calls/group_sums.h"
#include "analyze/calls/selection.h"
#include "format/print/histogram.h"

namespace pgrec {

constexpr std::size_t kMostLinearRows = 21;

// Rows, all empty, that hold durations from `min` to `max`: 1, 2 or 5 times a power of ten wide,
// the first beginning with a multiple of that; twenty or one more at most.
std::vector<Bucket> linear_rows(Duration min, Duration max);

// Counts calls that returned into the rows of their group; those of other groups, and of other
// durations, nowhere.
void fill_linear_rows(TraceSet& set, const CallSelection& selection, CallSplit& split,
                      std::map<ProfileGroup, std::vector<Bucket>>& rows,
                      const PassOptions& options);

}  // namespace pgrec

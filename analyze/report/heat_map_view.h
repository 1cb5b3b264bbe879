// --heatmap: when executions or calls began by how long they took, as a picture in characters.
#pragma once

#include <cstddef>

#include "analyze/report/view_result.h"

namespace pgrec {

struct HeatMapOptions {
  bool calls = false;      // of calls; else of executions
  std::size_t width = 80;  // of the picture with its labels, in characters
};

// Of the wanted executions or calls that have a duration. CSV and JSON have a row for each count
// that is not 0: `interval` is when it begins, `from_ns` to `to_ns` are durations.
ViewResult heat_map_view(Analysis& analysis, const HeatMapOptions& options);

}  // namespace pgrec

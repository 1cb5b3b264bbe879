// The functions of a trace with their figures: what --hist, the summary and diff are made from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyze/calls/duration_profile.h"
#include "format/trace/trace_reader.h"

namespace pgrec {

struct FunctionFigures {
  std::string name;
  std::uint64_t file_offset = 0;  // bytes; tells apart copies of a file-local function
  DurationProfile profile;
};

// All probed functions, by total time and name; also those without a call.
std::vector<FunctionFigures> function_figures(TraceReader& trace, Percentiles percentiles);

// Whether all percentiles are exact.
bool all_exact(const std::vector<FunctionFigures>& functions);

}  // namespace pgrec

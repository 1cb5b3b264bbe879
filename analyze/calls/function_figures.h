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
  FunctionId id{};
};

// All probed functions, by total time and name; also those without a call.
std::vector<FunctionFigures> function_figures(TraceReader& trace, Percentiles percentiles);

// What to say of figures that are not exact, in lines; empty where all are.
std::string not_exact_text(const std::vector<FunctionFigures>& functions);

}  // namespace pgrec

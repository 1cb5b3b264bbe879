// The functions of a set with their figures: what --hist, the summary and diff are made from.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analyze/calls/duration_profile.h"

namespace pgrec {

struct FunctionFigures {
  std::string name;
  std::uint64_t file_offset = 0;  // bytes; tells apart copies of a file-local function
  DurationProfile profile;
  FunctionId id{};
};

// All probed functions that are wanted, by total time and name; also those without a call. As
// profile_functions() says; ProfileOptions::most is not looked at.
std::vector<FunctionFigures> function_figures(TraceSet& set, const CallSelection& selection,
                                              const ProfileOptions& wanted,
                                              const PassOptions& options);

// What to say of figures that are not exact, in lines; empty where all are.
std::string not_exact_text(const std::vector<FunctionFigures>& functions);

}  // namespace pgrec

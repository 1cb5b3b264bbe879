#include "analyze/calls/function_figures.h"

#include <algorithm>

namespace pgrec {

std::vector<FunctionFigures> function_figures(TraceReader& trace, Percentiles percentiles) {
  DurationProfiles profiles = profile_functions(trace, percentiles);
  std::vector<FunctionFigures> figures;
  for (const Function& function : trace.functions()) {
    if (function.role != Function::Role::kCalls) continue;
    auto profile = profiles.extract(ProfileGroup{0, function.id});
    figures.push_back({function.name, function.file_offset,
                       profile ? std::move(profile.mapped()) : DurationProfile{}});
  }
  // Without a name only when the function table is damaged.
  for (auto& [group, profile] : profiles)
    figures.push_back({trace.function_name(group.function), 0, std::move(profile)});
  std::stable_sort(figures.begin(), figures.end(),
                   [](const FunctionFigures& a, const FunctionFigures& b) {
                     if (a.profile.total != b.profile.total)
                       return a.profile.total > b.profile.total;
                     return a.name < b.name;
                   });
  return figures;
}

bool all_exact(const std::vector<FunctionFigures>& functions) {
  return std::all_of(functions.begin(), functions.end(), [](const FunctionFigures& function) {
    return function.profile.exact || function.profile.returned == 0;
  });
}

}  // namespace pgrec

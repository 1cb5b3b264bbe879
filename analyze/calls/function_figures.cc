#include "analyze/calls/function_figures.h"

#include <algorithm>

namespace pgrec {

std::vector<FunctionFigures> function_figures(TraceSet& set, const CallSelection& selection,
                                              const ProfileOptions& wanted,
                                              const PassOptions& options) {
  ProfileOptions of_all = wanted;
  of_all.most = 0;
  DurationProfiles profiles = profile_functions(set, selection, of_all, options);
  std::vector<FunctionFigures> figures;
  for (const Function& function : set.functions()) {
    if (function.role != Function::Role::kCalls || !selection.has(function.id)) continue;
    auto profile = profiles.extract(ProfileGroup{0, function.id});
    figures.push_back({function.name, function.file_offset,
                       profile ? std::move(profile.mapped()) : DurationProfile{}, function.id});
  }
  // Without a name only when the function table is damaged.
  for (auto& [group, profile] : profiles)
    figures.push_back({set.function_name(group.function), 0, std::move(profile), group.function});
  std::stable_sort(figures.begin(), figures.end(),
                   [](const FunctionFigures& a, const FunctionFigures& b) {
                     if (a.profile.total != b.profile.total)
                       return a.profile.total > b.profile.total;
                     return a.name < b.name;
                   });
  return figures;
}

std::string not_exact_text(const std::vector<FunctionFigures>& functions) {
  std::vector<const DurationProfile*> profiles;
  for (const FunctionFigures& function : functions)
    profiles.push_back(&function.profile);
  return not_exact_text(profiles);
}

}  // namespace pgrec

#include "analyze/report/noted_tables.h"

#include <set>

namespace pgrec {

std::vector<std::string> functions_without_calls(const TraceSet& set,
                                                 const CallSelection& selection,
                                                 const DurationProfiles& profiles) {
  std::set<FunctionId> called;
  for (const auto& [group, profile] : profiles) {
    if (profile.calls > 0 || profile.returned > 0) called.insert(group.function);
  }
  std::vector<std::string> names;
  for (const Function& function : set.functions()) {
    if (function.role == Function::Role::kCalls && selection.has(function.id) &&
        !called.contains(function.id))
      names.push_back(function.name);
  }
  return names;
}

}  // namespace pgrec

#include "analyze/calls/shown_execution.h"

#include <algorithm>

namespace pgrec {

std::vector<ExecutionId> ShownExecutions::ids_of(ExecutionId id) const {
  std::vector<ExecutionId> ids;
  if (!leaders_.of(id)) ids.push_back(id);
  for (const auto& [worker_run, leader] : leaders_.all()) {
    if (leader == id) ids.push_back(worker_run);
  }
  const std::size_t begun = ids.size();
  for (const TraceSet::File& file : set_.files()) {
    for (const auto& [here, first] : file.goes_on) {
      if (std::find(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(begun), first) !=
          ids.begin() + static_cast<std::ptrdiff_t>(begun)) {
        ids.push_back(here);
      }
    }
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace pgrec

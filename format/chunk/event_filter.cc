#include "format/chunk/event_filter.h"

#include <algorithm>

namespace pgrec {

bool EventFilter::wants(const ChunkHeader& chunk) const {
  if (chunk.events == 0) return true;  // no chunk is written without events: its header is damaged
  const auto has_function = [&](FunctionId id) {
    return (chunk.functions & mask_bit(value(id))) != 0;
  };
  const auto has_process = [&](std::uint32_t pid) {
    return (chunk.processes & mask_bit(pid)) != 0;
  };
  return (!from || chunk.last >= *from) && (!to || chunk.first < *to) &&
         (functions.empty() || std::any_of(functions.begin(), functions.end(), has_function)) &&
         (pids.empty() || std::any_of(pids.begin(), pids.end(), has_process)) &&
         chunk.longest >= at_least;
}

}  // namespace pgrec

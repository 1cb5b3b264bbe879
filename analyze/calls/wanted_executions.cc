#include "analyze/calls/wanted_executions.h"

#include <algorithm>
#include <map>

namespace pgrec {

RecordingEnds::RecordingEnds(const TraceSet& set) {
  std::map<std::uint32_t, Timestamp> by_trace;
  for (const TraceSet::File& file : set.files()) {
    Timestamp& end = by_trace.try_emplace(file.trace, Timestamp::min()).first->second;
    end = std::max(end, file.reader.last() + file.shift);
  }
  for (const TraceSet::File& file : set.files())
    by_file_.push_back(by_trace.at(file.trace));
}

}  // namespace pgrec

// Says which events of a trace a reader wants, and which chunks can hold them.
#pragma once

#include <optional>
#include <vector>

#include "format/chunk/chunk.h"

namespace pgrec {

// A field that is not set leaves nothing out.
struct EventFilter {
  std::optional<Timestamp> from, to;  // from, and before, these times
  std::vector<FunctionId> functions;  // calls of these only, and no executions
  std::vector<std::uint32_t> pids;
  Duration at_least{};  // returns of calls that lasted as long only

  // Whether a chunk may hold one; never wrong when it says no.
  bool wants(const ChunkHeader& chunk) const;
};

}  // namespace pgrec

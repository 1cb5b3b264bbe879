// Writes whole traces of random events (tests/unit/random_events.h).
#pragma once

#include <cstdint>

#include "tests/unit/trace_file.h"

namespace pgrec::test {

struct RandomTrace {
  std::uint32_t seed = 1;
  int chunks = 8;
  int stretches = 6;        // of each chunk
  bool has_summary = true;  // it was closed
};
// Four threads; functions of which two have one name and some have none; processes, clocks and
// texts.
void write_random_trace(const TraceFile& file, const RandomTrace& what);

}  // namespace pgrec::test

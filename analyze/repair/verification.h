// Checks a trace: that every byte reads, and that what it says twice agrees.
#pragma once

#include <string>
#include <vector>

#include "format/trace/trace_reader.h"

namespace pgrec {

struct Check {
  enum class Result {
    kGood,
    kBad,
    kAbsent,  // the trace does not have what was to be checked
  };
  std::string name;
  Result result = Result::kGood;
  std::string detail;
};

// Reads every frame. Checks the checksums, the index against the frames, the order, that each chunk
// has a summary, the total against the summaries, the end's counts, and that all events that fired
// were recorded, filtered or lost. `full`: also decodes every chunk. Checks what was open at its
// start against the chunk before it, its header and its summary against its calls, and that the
// trace describes the functions, texts and classes it refers to. Adds damage to trace.damages().
std::vector<Check> verify(TraceReader& trace, bool full);

}  // namespace pgrec

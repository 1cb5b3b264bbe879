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
    kAbsent,  // the trace does not have what was to be checked: it was not closed
  };
  std::string name;
  Result result = Result::kGood;
  std::string detail;
};

// Reads every frame and checks the checksums, the index against the frames, the order, each chunk's
// summary for being there, the total against the summaries, the end's counts, and that all events
// that fired were recorded or lost. `full`: also decodes every chunk, and checks what was open at
// its start against the chunk before it, its header and its summary against its calls, and that the
// functions, texts and classes it refers to are described. Damage found is in trace.damages().
std::vector<Check> verify(TraceReader& trace, bool full);

}  // namespace pgrec

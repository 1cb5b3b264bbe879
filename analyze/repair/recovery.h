// Rebuilds a trace from what can be read of another.
#pragma once

#include <cstdint>

#include "format/trace/trace_reader.h"
#include "format/trace/trace_writer.h"

namespace pgrec {

struct Recovery {
  std::uint64_t frames_kept = 0;     // of the trace; those that are made anew are not counted
  std::uint64_t frames_dropped = 0;  // whose bytes do not check or decode
  std::uint64_t chunks_kept = 0;
  std::uint64_t chunks_dropped = 0;  // of those that were found
  std::uint64_t calls_kept = 0;
  // Known to be missing by the gaps in their ids, or by what is left of the last chunks.
  std::uint64_t calls_missing = 0;
  std::uint64_t executions_missing = 0;
  std::uint64_t frames_missing = 0;  // by the gaps in their numbers
  std::uint64_t damaged_bytes = 0;

  // Nothing was lost of what is in the file, and nothing is known to have been in it.
  bool lossless() const {
    return frames_dropped == 0 && damaged_bytes == 0 && frames_missing == 0 && calls_missing == 0 &&
           executions_missing == 0;
  }
};

// Copies every good frame of `in` to the new trace `out`, also such as this version does not know,
// makes summaries, total, index and end anew, and closes `out`. Facts (recovered.…) in `out`, and
// losses of the cause file-damage over the stretches of time in question, say what is missing.
// Never writes to `in`. Throws Error when `out` cannot be written.
Recovery recover(TraceReader& in, TraceWriter& out);

}  // namespace pgrec

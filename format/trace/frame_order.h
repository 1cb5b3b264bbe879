// Which of the frames that stand in a file are the trace's: those whose numbers rise, and of chunks
// those whose ids do. What stands twice, or where it does not belong, would be counted twice.
#pragma once

#include <cstdint>

#include "format/trace/index.h"

namespace pgrec {

class FrameOrder {
 public:
  // Frames come in the order of the file. Why the frame is damage; nullptr where it is the trace's,
  // and next() is then behind it. `chunk` is of a chunk whose header can be read.
  const char* refuse(const FrameRef& frame, const ChunkHeader* chunk);

  // The number that is due.
  std::uint64_t next() const { return next_sequence_; }
  // Whether a chunk was refused because of its ids.
  bool has_refused_chunk() const { return has_refused_chunk_; }

 private:
  std::uint64_t next_sequence_ = 0;
  NextIds next_ids_;
  bool refused_chunk_ = false;  // the frame before
  bool has_refused_chunk_ = false;
};

}  // namespace pgrec

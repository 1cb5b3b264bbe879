// Finds the frames of a file: by the index at the end of a closed trace, or by walking from frame
// to frame, past damage to the next one that can be believed. Both give the same list.
#pragma once

#include <cstdint>
#include <optional>

#include "format/frame/damage.h"
#include "format/frame/file.h"
#include "format/frame/frame.h"
#include "format/trace/index.h"

namespace pgrec {

// Reads the frame at `frame`: checked, and decompressed. Nothing, and `reason` set, when it is not
// what it should be.
std::optional<FramePayload> read_frame(const File& file, const FrameRef& frame,
                                       const char*& reason);

class FrameFinder {
 public:
  // The frames of `file` begin at `first_offset`. Borrows the file.
  FrameFinder(const File& file, std::uint64_t first_offset)
      : file_(file), first_offset_(first_offset), at_(first_offset) {}

  // Fills the list from the index. False, and the list empty, where there is none that checks; an
  // empty list has no index.
  bool find_by_index();

  // Adds the frames from where the last walk stopped: behind the last whole frame, or at the end of
  // the trace. Adds what it passes over to `damages`; but while the file is `live`, that is, still
  // being written, not what stands behind the last whole frame.
  void walk(bool live, Damages& damages);

  const FrameList& list() const { return list_; }
  // Of a closed trace.
  const std::optional<TraceEnd>& end() const { return end_; }

 private:
  std::optional<FrameHeader> header_at(std::uint64_t offset, std::uint64_t size) const;
  std::uint64_t find_frame_after(std::uint64_t offset, std::uint64_t size) const;
  bool read_index(const TraceEnd& end, std::uint64_t end_offset);
  void add(const FrameRef& frame, const FrameHeader& header, Damages& damages);

  const File& file_;
  std::uint64_t first_offset_;
  std::uint64_t at_;  // where the walk goes on
  std::uint64_t next_sequence_ = 0;
  FrameList list_;
  std::optional<TraceEnd> end_;
};

}  // namespace pgrec

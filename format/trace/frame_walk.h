// Goes through a file from frame to frame, past damage to the next frame that can be believed.
#pragma once

#include <cstdint>
#include <optional>

#include "format/frame/damage.h"
#include "format/frame/file.h"
#include "format/frame/frame.h"
#include "format/trace/frame_order.h"
#include "format/trace/index.h"

namespace pgrec {

// The header of the frame at `offset`; nothing where none is there, or it does not end before
// `limit`.
std::optional<FrameHeader> frame_header_at(const File& file, std::uint64_t offset,
                                           std::uint64_t limit);

// Copies go on from where the walk is. Borrows the file.
class FrameWalk {
 public:
  FrameWalk(const File& file, std::uint64_t offset) : file_(&file), at_(offset) {}
  // The same behind frames that are known otherwise, and had this order.
  FrameWalk(const File& file, std::uint64_t offset, const FrameOrder& order)
      : file_(&file), at_(offset), order_(order) {}

  struct Step {
    FrameRef frame;
    bool is_chunk = false;
    ChunkHeader chunk;  // of a chunk; as of none where its header is wrong
  };
  // The next frame that is the trace's and ends before `limit`; nothing where there is none, and
  // the walk is then behind the last. Adds what it passes over to `damages`, unless that is null;
  // but while the file is `live`, that is, still being written, not what stands behind the last
  // whole frame.
  std::optional<Step> next(std::uint64_t limit, bool live, Damages* damages);

  std::uint64_t offset() const { return at_; }
  const FrameOrder& order() const { return order_; }
  // The chunk in which the file ends, where its header is whole.
  const std::optional<ChunkHeader>& cut_chunk() const { return cut_chunk_; }

 private:
  // Of a frame that begins here, has the number that is due, and is not whole.
  std::optional<FrameHeader> cut_header() const;
  std::optional<ChunkHeader> chunk_header(std::uint64_t offset, const FrameHeader& header) const;
  std::uint64_t find_frame_after(std::uint64_t offset, std::uint64_t limit) const;

  const File* file_;
  std::uint64_t at_;
  FrameOrder order_;
  std::optional<ChunkHeader> cut_chunk_;
};

}  // namespace pgrec

// Finds the frames of a file: by the index at the end of a closed trace, or by walking from frame
// to frame. Both give the same list. Holds the first million of them; a trace may have more, and
// those are walked to again whenever they are asked for (format/trace/frame_range.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "format/frame/damage.h"
#include "format/frame/file.h"
#include "format/frame/frame.h"
#include "format/trace/frame_walk.h"
#include "format/trace/index.h"

namespace pgrec {

// Reads the frame at `frame`: checked, and decompressed. Nothing, and `reason` set, when it is not
// what it should be.
std::optional<FramePayload> read_frame(const File& file, const FrameRef& frame,
                                       const char*& reason);

class FrameFinder {
 public:
  // 24 bytes a frame, 96 a chunk. A recording with a chunk each second has as many in four days.
  static constexpr std::size_t kHeldFrames = 1u << 20;

  // The frames of `file` begin at `first_offset`. Borrows the file. `held`: how many frames are
  // held.
  FrameFinder(const File& file, std::uint64_t first_offset, std::size_t held = kHeldFrames)
      : file_(file), first_offset_(first_offset), held_(held), walk_(file, first_offset) {}

  // Finds the frames that the index lists; behind those that are held, the frames that it walks to,
  // which are not compared with the index. False, and none found, where there is none that checks;
  // an empty list has no index. Adds what it passes over to `damages`.
  bool find_by_index(Damages& damages);
  // Whether they were found so, and if not, and the file ends as a closed trace does, what is wrong
  // with the index.
  bool is_by_index() const { return is_by_index_; }
  const std::string& index_fault() const { return index_fault_; }

  // Adds the frames from where the last walk stopped: behind the last whole frame, or at the end of
  // the trace. Adds what it passes over to `damages`; but while the file is `live`, that is, still
  // being written, not what stands behind the last whole frame.
  void walk(bool live, Damages& damages);

  // The first frames, and the chunks among them.
  const FrameList& list() const { return list_; }
  // All there are.
  std::uint64_t frames() const { return frames_; }
  std::uint64_t chunks() const { return chunks_; }
  // Goes on behind those in the list; up to limit().
  const FrameWalk& behind_list() const { return behind_list_ ? *behind_list_ : walk_; }
  std::uint64_t limit() const { return end_ && is_by_index_ ? end_->index_offset : walk_.offset(); }

  // Of a closed trace.
  const std::optional<TraceEnd>& end() const { return end_; }
  // Whether a chunk is damage because its ids are those of one before it.
  bool refused_chunk() const {
    return index_order_.has_refused_chunk() || walk_.order().has_refused_chunk();
  }
  // The chunk in which the file ends, where its header is whole.
  const std::optional<ChunkHeader>& cut_chunk() const { return walk_.cut_chunk(); }

 private:
  void add(const FrameWalk::Step& step, const FrameWalk& before);
  void read_end(const FrameRef& frame, Damages& damages);
  std::string read_index(const TraceEnd& end, std::uint64_t end_offset, Damages& damages);
  void tell_of_index(Damages& damages) const;

  const File& file_;
  std::uint64_t first_offset_;
  std::size_t held_;
  FrameOrder index_order_;
  FrameWalk walk_;
  std::optional<FrameWalk> behind_list_;
  FrameList list_;
  std::uint64_t frames_ = 0;
  std::uint64_t chunks_ = 0;
  std::optional<FrameRef> first_index_;  // that was walked to
  bool is_index_damaged_ = false;        // as was told
  bool is_by_index_ = false;
  std::string index_fault_;
  std::optional<TraceEnd> end_;
};

}  // namespace pgrec

// Where the frames of a trace stand. A closed trace carries the list at its end; for any other the
// reader makes the same list by walking the file.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "format/chunk/chunk.h"
#include "format/frame/bytes.h"
#include "format/layout.h"

namespace pgrec {

struct FrameRef {
  std::uint64_t offset = 0;  // of the frame header, in the file
  std::uint64_t sequence = 0;
  std::uint32_t stored_bytes = 0;  // header, payload and padding
  layout::FrameType type{};
  std::uint8_t flags = 0;

  std::uint64_t end() const { return offset + stored_bytes; }
};

struct ChunkRef {
  FrameRef frame;
  ChunkHeader header;
};

// Deques, because a reader must not need twice the memory while a list grows.
struct FrameList {
  std::deque<FrameRef> frames;  // in the order of the file
  std::deque<ChunkRef> chunks;  // those of them that are chunks

  // `header` is of a chunk only.
  void add(const FrameRef& frame, const ChunkHeader* header);
};

// The last frame of a closed trace, always of the same size, so that it is found from the file's
// end.
struct TraceEnd {
  std::uint64_t index_offset = 0;
  Timestamp end{};  // when recording stopped
  std::uint64_t calls = 0;
  std::uint64_t executions = 0;
  std::uint64_t events = 0;
  std::uint64_t lost_events = 0;
};

// Frames that one index frame lists; a longer list takes several.
constexpr std::size_t kIndexFrames = 4096;

// The index frame of up to kIndexFrames frames of `list` from number `first_frame` on, of which the
// first chunk is number `first_chunk`; moves both behind what is in it. Frames stand one after the
// other from the end of the file header, so offsets and sequence numbers follow from lengths.
Bytes encode_index(const FrameList& list, std::size_t& first_frame, std::size_t& first_chunk);
// Appends the frames of one index frame to `list`, numbered from those that it has; the first of
// all stands at `first_offset`. False when the bytes are no index frame.
bool decode_index(ByteView payload, std::uint64_t first_offset, FrameList& list);

// The list of a trace that is being written, as the index frames that it will be: in few bytes a
// frame, because a trace may have any number of them.
class IndexBuilder {
 public:
  // `header` is of a chunk only.
  void add(const FrameRef& frame, const ChunkHeader* header);
  std::uint64_t frames() const { return frames_; }
  std::uint64_t chunks() const { return chunks_; }
  // Gives what each index frame holds, and begins anew.
  void take(const std::function<void(const Bytes&)>& put);

 private:
  struct Packed {
    Bytes bytes;
    std::size_t raw_bytes = 0;
  };
  Bytes encode_last();

  std::vector<Packed> full_;  // each of kIndexFrames frames
  FrameList last_;
  std::uint64_t frames_ = 0;
  std::uint64_t chunks_ = 0;
};

Bytes encode_end(const TraceEnd& end);
std::optional<TraceEnd> decode_end(ByteView payload);

}  // namespace pgrec

// Where the frames of a trace stand. A closed trace carries the list at its end; for any other the
// reader makes the same list by walking the file.
#pragma once

#include <cstdint>
#include <deque>
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

// What an index frame holds that lists these frames, kIndexFrames at most. They stand one after the
// other, so offsets and sequence numbers follow from lengths.
Bytes encode_index(const FrameList& list);
// The frames of one index frame: the first stands at `offset` and has the number `sequence`.
// Nothing when the bytes are no index frame.
std::optional<FrameList> decode_index(ByteView payload, std::uint64_t offset,
                                      std::uint64_t sequence);

// The list of a trace that is being written, as the index frames that it will be: in few bytes a
// frame, because a trace may have any number of them.
class IndexBuilder {
 public:
  // `header` is of a chunk only.
  void add(const FrameRef& frame, const ChunkHeader* header);
  std::uint64_t frames() const { return frames_; }
  std::uint64_t chunks() const { return chunks_; }
  // Appends the index frames to `out`, with the numbers behind those of the frames that they list,
  // and begins anew. The number that follows.
  std::uint64_t take(Bytes& out);

 private:
  void pack();

  std::vector<Bytes> packed_;  // index frames, not numbered yet
  FrameList last_;             // of the next
  std::uint64_t frames_ = 0;
  std::uint64_t chunks_ = 0;
};

Bytes encode_end(const TraceEnd& end);
std::optional<TraceEnd> decode_end(ByteView payload);

}  // namespace pgrec

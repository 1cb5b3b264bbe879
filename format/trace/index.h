// Where the frames of a trace stand. A closed trace carries the list at its end; for any other the
// reader makes the same list by walking the file.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

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
  std::deque<FrameRef> frames;  // all, in the order of the file
  std::deque<ChunkRef> chunks;  // those of them that are chunks

  // `header` is of a chunk only. False, and nothing added, when that passes what a reader holds.
  bool add(const FrameRef& frame, const ChunkHeader* header);
  // No more than what ends a trace should still be added.
  bool is_nearly_full() const;
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
// Appends the frames of one index frame to `list`, which has those of the ones before it; the very
// first frame stands at `first_offset`. False when the bytes are no index, or list more than a
// reader holds.
bool decode_index(ByteView payload, std::uint64_t first_offset, FrameList& list);

Bytes encode_end(const TraceEnd& end);
std::optional<TraceEnd> decode_end(ByteView payload);

}  // namespace pgrec

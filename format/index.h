// Where the frames of a trace stand. A closed trace carries the list at its end; for any other the
// reader makes the same list by walking the file.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "format/bytes.h"
#include "format/chunk.h"
#include "format/layout.h"

namespace pgrec {

struct FrameRef {
  layout::FrameType type{};
  std::uint8_t flags = 0;
  std::uint64_t offset = 0;        // of the frame header, in the file
  std::uint64_t stored_bytes = 0;  // header, payload and padding
  std::uint64_t sequence = 0;
  ChunkHeader chunk;  // of a chunk only
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

// Frames stand one after the other from the end of the file header, so their offsets and sequence
// numbers follow from their lengths.
Bytes encode_index(std::span<const FrameRef> frames);
// Appends the frames of one index frame to those of the ones before it. False when the bytes are no
// index.
bool decode_index(ByteView payload, std::vector<FrameRef>& frames);

Bytes encode_end(const TraceEnd& end);
std::optional<TraceEnd> decode_end(ByteView payload);

}  // namespace pgrec

// The frame: the envelope of everything in a trace after the file header. It carries its own
// length, number and two checksums, so that a reader can trust one frame whatever became of its
// neighbours.
#pragma once

#include <cstdint>
#include <optional>

#include "format/frame/bytes.h"
#include "format/layout.h"

namespace pgrec {

// Layout in docs/format.md, "Frame".
struct FrameHeader {
  layout::FrameType type{};
  std::uint8_t flags = 0;
  std::uint16_t plain_bytes = 0;     // of the payload, from its start, that are never compressed
  std::uint32_t payload_bytes = 0;   // as stored, without header and padding
  std::uint32_t raw_bytes = 0;       // of the compressed part, decompressed; 0 when not compressed
  std::uint64_t sequence = 0;        // dense from 0 in a file
  std::uint32_t payload_crc32c = 0;  // over the payload as stored

  // Header, payload and zero padding up to the next frame.
  std::uint64_t stored_bytes() const;
};

// Appends a whole frame: header, `plain`, then `rest`, compressed where that makes it smaller, and
// padding. Throws Error when the payload passes the format's bounds.
void put_frame(Bytes& out, layout::FrameType type, std::uint64_t sequence, ByteView plain,
               ByteView rest, std::uint8_t flags = 0);

// Appends a whole frame whose payload is stored as it is. Of `header`, the lengths of the payload
// and the checksum are not looked at. Throws Error when it passes the format's bounds.
void put_stored_frame(Bytes& out, FrameHeader header, ByteView payload);

// Enough bytes of a frame to check its header, which covers the plain part.
constexpr std::size_t kFrameHeadBytes = layout::kFrameHeaderBytes + layout::kMaxPlainBytes;

// The header at the start of `bytes`, the first kFrameHeadBytes of the frame or as many as there
// are. Nothing when the sync word, the checksum or a bound is wrong.
std::optional<FrameHeader> get_frame_header(ByteView bytes);

// A frame taken apart: its plain part and the decompressed rest.
struct FramePayload {
  FrameHeader header;
  Bytes frame;               // as stored, from its header on
  std::optional<Bytes> raw;  // the rest, where it was compressed

  ByteView stored() const {
    return ByteView(frame).subspan(layout::kFrameHeaderBytes, header.payload_bytes);
  }
  ByteView plain() const { return stored().first(header.plain_bytes); }
  ByteView rest() const { return raw ? ByteView(*raw) : stored().subspan(header.plain_bytes); }
};

// Checks the payload in `frame`, the stored bytes of a whole frame, against its header, and
// decompresses it. Nothing, and `reason` set, when the checksum or the compressed data is wrong.
std::optional<FramePayload> open_payload(const FrameHeader& header, Bytes frame,
                                         const char*& reason);

}  // namespace pgrec

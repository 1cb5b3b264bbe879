#include "format/frame/frame.h"

#include "format/error.h"
#include "format/frame/checksum.h"
#include "format/frame/compress.h"

namespace pgrec {
namespace {

std::uint64_t aligned(std::uint64_t bytes) {
  return (bytes + layout::kFrameAlignment - 1) / layout::kFrameAlignment * layout::kFrameAlignment;
}

[[noreturn]] void refuse(std::size_t bytes) {
  throw Error("cannot write a frame of " + std::to_string(bytes) + " bytes",
              "the format's bound is " + std::to_string(layout::kMaxRawBytes));
}

}  // namespace

std::uint64_t FrameHeader::stored_bytes() const {
  return aligned(layout::kFrameHeaderBytes + payload_bytes);
}

void put_frame(Bytes& out, layout::FrameType type, std::uint64_t sequence, ByteView plain,
               ByteView rest, std::uint8_t flags) {
  FrameHeader header;
  header.type = type;
  header.flags = flags;
  header.plain_bytes = static_cast<std::uint16_t>(plain.size());
  header.sequence = sequence;
  Bytes payload(plain.begin(), plain.end());
  compress(rest, payload);
  if (payload.size() - plain.size() < rest.size()) {
    header.flags |= layout::kFlagCompressed;
    header.raw_bytes = static_cast<std::uint32_t>(rest.size());
  } else {
    payload.resize(plain.size());
    put_bytes(payload, rest.data(), rest.size());
  }
  if (rest.size() > layout::kMaxRawBytes) refuse(rest.size());
  put_stored_frame(out, header, payload);
}

void put_stored_frame(Bytes& out, FrameHeader header, ByteView payload) {
  if (header.plain_bytes > layout::kMaxPlainBytes || payload.size() > layout::kMaxPayloadBytes) {
    refuse(payload.size());
  }
  const std::size_t start = out.size();
  put_u32(out, layout::kFrameSync);
  out.push_back(static_cast<std::uint8_t>(header.type));
  out.push_back(header.flags);
  put_u16(out, header.plain_bytes);
  put_u32(out, static_cast<std::uint32_t>(payload.size()));
  put_u32(out, header.raw_bytes);
  put_u64(out, header.sequence);
  put_u32(out, crc32c(payload));
  put_u32(out, crc32c(payload.first(header.plain_bytes), crc32c(ByteView(out).subspan(start))));
  put_bytes(out, payload.data(), payload.size());
  out.resize(start + aligned(out.size() - start));
}

std::optional<FrameHeader> get_frame_header(ByteView bytes) {
  if (bytes.size() < layout::kFrameHeaderBytes) return std::nullopt;
  ByteReader in(bytes);
  if (in.u32() != layout::kFrameSync) return std::nullopt;
  FrameHeader header;
  header.type = static_cast<layout::FrameType>(in.u8());
  header.flags = in.u8();
  header.plain_bytes = in.u16();
  header.payload_bytes = in.u32();
  header.raw_bytes = in.u32();
  header.sequence = in.u64();
  header.payload_crc32c = in.u32();
  const std::uint32_t checksum = in.u32();
  const ByteView plain = in.bytes(header.plain_bytes);
  if (!in.ok() || checksum != crc32c(plain, crc32c(bytes.first(layout::kFrameHeaderBytes - 4)))) {
    return std::nullopt;
  }
  if (header.payload_bytes > layout::kMaxPayloadBytes || header.raw_bytes > layout::kMaxRawBytes ||
      header.plain_bytes > layout::kMaxPlainBytes || header.plain_bytes > header.payload_bytes) {
    return std::nullopt;
  }
  return header;
}

std::optional<FramePayload> open_payload(const FrameHeader& header, Bytes frame,
                                         const char*& reason) {
  const bool whole = frame.size() >= layout::kFrameHeaderBytes + header.payload_bytes;
  FramePayload payload{header, std::move(frame), std::nullopt};
  if (!whole || crc32c(payload.stored()) != header.payload_crc32c) {
    reason = "the checksum does not match";
    return std::nullopt;
  }
  if (header.flags & layout::kFlagCompressed) {
    payload.raw.emplace(header.raw_bytes);
    if (!decompress(payload.stored().subspan(header.plain_bytes), *payload.raw)) {
      reason = "the compressed data is wrong";
      return std::nullopt;
    }
  }
  return payload;
}

}  // namespace pgrec

#include "format/index.h"

namespace pgrec {

Bytes encode_index(std::span<const FrameRef> frames) {
  Bytes out;
  put_varint(out, frames.size());
  for (const FrameRef& frame : frames) {
    out.push_back(static_cast<std::uint8_t>(frame.type));
    out.push_back(frame.flags);
    put_varint(out, frame.stored_bytes);
    if (frame.type == layout::FrameType::kChunk) put_chunk_header(out, frame.chunk);
  }
  return out;
}

bool decode_index(ByteView payload, std::vector<FrameRef>& frames) {
  ByteReader in(payload);
  const std::uint64_t count = in.varint();
  if (!in.can_hold(count, 3)) return false;
  std::uint64_t offset =
      frames.empty() ? layout::kFileHeaderBytes : frames.back().offset + frames.back().stored_bytes;
  for (std::uint64_t i = 0; i < count; ++i) {
    FrameRef frame;
    frame.type = static_cast<layout::FrameType>(in.u8());
    frame.flags = in.u8();
    frame.offset = offset;
    frame.stored_bytes = in.varint_below(1ull << 32);
    frame.sequence = frames.size();
    const bool chunk_ok =
        frame.type != layout::FrameType::kChunk || get_chunk_header(in, frame.chunk);
    if (!in.ok() || !chunk_ok || frame.stored_bytes < layout::kFrameHeaderBytes) return false;
    offset += frame.stored_bytes;
    frames.push_back(frame);
  }
  return true;
}

Bytes encode_end(const TraceEnd& end) {
  Bytes out;
  put_u64(out, end.index_offset);
  put_u64(out, static_cast<std::uint64_t>(to_ns(end.end)));
  put_u64(out, end.calls);
  put_u64(out, end.executions);
  put_u64(out, end.events);
  put_u64(out, end.lost_events);
  return out;
}

std::optional<TraceEnd> decode_end(ByteView payload) {
  ByteReader in(payload);
  TraceEnd end;
  end.index_offset = in.u64();
  end.end = from_ns(static_cast<std::int64_t>(in.u64()));
  end.calls = in.u64();
  end.executions = in.u64();
  end.events = in.u64();
  end.lost_events = in.u64();
  if (!in.ok() || to_ns(end.end) < 0) return std::nullopt;
  return end;
}

}  // namespace pgrec

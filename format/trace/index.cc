#include "format/trace/index.h"

#include "format/frame/frame.h"

namespace pgrec {

namespace {

constexpr std::uint64_t kMaxFrameBytes = layout::kFrameHeaderBytes + layout::kMaxPayloadBytes;
static_assert(kMaxFrameBytes % layout::kFrameAlignment == 0);

}  // namespace

void FrameList::add(const FrameRef& frame, const ChunkHeader* header) {
  frames.push_back(frame);
  if (header) chunks.push_back({frame, *header});
}

Bytes encode_index(const FrameList& list) {
  Bytes out;
  put_varint(out, list.frames.size());
  auto chunk = list.chunks.begin();
  for (const FrameRef& frame : list.frames) {
    out.push_back(static_cast<std::uint8_t>(frame.type));
    out.push_back(frame.flags);
    put_varint(out, frame.stored_bytes);
    if (frame.type == layout::FrameType::kChunk) put_chunk_header(out, (chunk++)->header);
  }
  return out;
}

std::optional<FrameList> decode_index(ByteView payload, std::uint64_t offset,
                                      std::uint64_t sequence) {
  ByteReader in(payload);
  const std::uint64_t count = in.varint_below(kIndexFrames + 1);
  if (!in.can_hold(count, 3)) return std::nullopt;
  FrameList list;
  for (std::uint64_t i = 0; i < count; ++i) {
    FrameRef frame;
    frame.type = static_cast<layout::FrameType>(in.u8());
    frame.flags = in.u8();
    frame.offset = offset;
    frame.stored_bytes = static_cast<std::uint32_t>(in.varint_below(kMaxFrameBytes + 1));
    frame.sequence = sequence + i;
    ChunkHeader header;
    const bool is_chunk = frame.type == layout::FrameType::kChunk;
    if (is_chunk && !get_chunk_header(in, header)) return std::nullopt;
    if (!in.ok() || frame.stored_bytes < layout::kFrameHeaderBytes) return std::nullopt;
    list.add(frame, is_chunk ? &header : nullptr);
    offset = frame.end();
  }
  if (!in.at_end()) return std::nullopt;
  return list;
}

void IndexBuilder::pack() {
  Bytes& frame = packed_.emplace_back();
  put_frame(frame, layout::FrameType::kIndex, 0, {}, encode_index(last_));
  frame.shrink_to_fit();
  last_ = {};
}

void IndexBuilder::add(const FrameRef& frame, const ChunkHeader* header) {
  if (last_.frames.size() == kIndexFrames) pack();
  last_.add(frame, header);
  ++frames_;
  chunks_ += header ? 1 : 0;
}

std::uint64_t IndexBuilder::take(Bytes& out) {
  if (!last_.frames.empty()) pack();
  std::uint64_t next = frames_;
  for (const Bytes& frame : packed_) {
    FrameHeader header = *get_frame_header(frame);
    header.sequence = next++;
    put_stored_frame(out, header,
                     ByteView(frame).subspan(layout::kFrameHeaderBytes, header.payload_bytes));
  }
  *this = {};
  return next;
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
  const auto ns = static_cast<std::uint64_t>(to_ns(end.end));
  if (!in.ok() || ns >= layout::kMaxNs || end.calls > layout::kMaxNs ||
      end.executions > layout::kMaxNs) {
    return std::nullopt;
  }
  return end;
}

}  // namespace pgrec

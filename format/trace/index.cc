#include "format/trace/index.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "format/frame/compress.h"

namespace pgrec {

namespace {

constexpr std::uint64_t kMaxFrameBytes = layout::kFrameHeaderBytes + layout::kMaxPayloadBytes;
static_assert(kMaxFrameBytes % layout::kFrameAlignment == 0);

}  // namespace

void FrameList::add(const FrameRef& frame, const ChunkHeader* header) {
  frames.push_back(frame);
  if (header) chunks.push_back({frame, *header});
}

Bytes encode_index(const FrameList& list, std::size_t& first_frame, std::size_t& first_chunk) {
  const std::size_t count = std::min(kIndexFrames, list.frames.size() - first_frame);
  Bytes out;
  put_varint(out, count);
  for (const std::size_t end = first_frame + count; first_frame < end; ++first_frame) {
    const FrameRef& frame = list.frames[first_frame];
    out.push_back(static_cast<std::uint8_t>(frame.type));
    out.push_back(frame.flags);
    put_varint(out, frame.stored_bytes);
    if (frame.type == layout::FrameType::kChunk)
      put_chunk_header(out, list.chunks[first_chunk++].header);
  }
  return out;
}

bool decode_index(ByteView payload, std::uint64_t first_offset, FrameList& list) {
  ByteReader in(payload);
  const std::uint64_t count = in.varint_below(kIndexFrames + 1);
  if (!in.can_hold(count, 3)) return false;
  std::uint64_t offset = list.frames.empty() ? first_offset : list.frames.back().end();
  for (std::uint64_t i = 0; i < count; ++i) {
    FrameRef frame;
    frame.type = static_cast<layout::FrameType>(in.u8());
    frame.flags = in.u8();
    frame.offset = offset;
    frame.stored_bytes = static_cast<std::uint32_t>(in.varint_below(kMaxFrameBytes + 1));
    frame.sequence = list.frames.size();
    ChunkHeader header;
    const bool is_chunk = frame.type == layout::FrameType::kChunk;
    if (is_chunk && !get_chunk_header(in, header)) return false;
    if (!in.ok() || frame.stored_bytes < layout::kFrameHeaderBytes) return false;
    list.add(frame, is_chunk ? &header : nullptr);
    offset = frame.end();
  }
  return in.at_end();
}

Bytes IndexBuilder::encode_last() {
  std::size_t frame = 0, chunk = 0;
  Bytes index = encode_index(last_, frame, chunk);
  last_ = {};
  return index;
}

void IndexBuilder::add(const FrameRef& frame, const ChunkHeader* header) {
  if (last_.frames.size() == kIndexFrames) {
    const Bytes index = encode_last();
    Packed packed{{}, index.size()};
    compress(index, packed.bytes);
    packed.bytes.shrink_to_fit();
    full_.push_back(std::move(packed));
  }
  last_.add(frame, header);
  ++frames_;
  chunks_ += header ? 1 : 0;
}

void IndexBuilder::take(const std::function<void(const Bytes&)>& put) {
  for (const Packed& packed : full_) {
    Bytes index(packed.raw_bytes);
    [[maybe_unused]] const bool unpacked = decompress(packed.bytes, index);
    assert(unpacked);
    put(index);
  }
  if (!last_.frames.empty()) put(encode_last());
  full_.clear();
  frames_ = chunks_ = 0;
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

#include "format/trace/frame_finder.h"

#include <algorithm>
#include <cstring>

#include "format/error.h"

namespace pgrec {
namespace {

using layout::FrameType;

constexpr std::size_t kEndFrameBytes = layout::kFrameHeaderBytes + layout::kEndPayloadBytes;
// A search reads little at first: a file may have damage before every frame.
constexpr std::size_t kFirstSearchBytes = 1u << 12;
constexpr std::size_t kSearchBytes = 1u << 20;

// Why a walk that expected frame `expected` came upon frame `found`.
std::string frames_missing(std::uint64_t expected, std::uint64_t found) {
  if (found < expected) return "the frames are not in order";
  const std::uint64_t count = found - expected;
  return count == 0   ? "no frame begins here"
         : count == 1 ? "1 frame is unreadable or missing"
                      : std::to_string(count) + " frames are unreadable or missing";
}

}  // namespace

std::optional<FramePayload> read_frame(const File& file, const FrameRef& frame,
                                       const char*& reason) {
  reason = "the frame's header is wrong";
  Bytes stored = file.read(frame.offset, frame.stored_bytes);
  const auto header = get_frame_header(stored);
  if (!header || header->type != frame.type || header->stored_bytes() != stored.size()) {
    return std::nullopt;
  }
  return open_payload(*header, std::move(stored), reason);
}

std::optional<FrameHeader> FrameFinder::header_at(std::uint64_t offset, std::uint64_t size) const {
  const auto header = get_frame_header(file_.read(offset, kFrameHeadBytes));
  if (!header || header->stored_bytes() > size - offset) return std::nullopt;
  return header;
}

bool FrameFinder::find_by_index() {
  const std::uint64_t size = file_.size_bytes();
  if (size < first_offset_ + kEndFrameBytes) return false;
  const FrameRef last{size - kEndFrameBytes, 0, kEndFrameBytes, FrameType::kEnd, 0};
  const char* reason = nullptr;
  const auto payload = read_frame(file_, last, reason);
  const auto end = payload ? decode_end(payload->plain()) : std::nullopt;
  if (end && read_index(*end, last.offset)) {
    end_ = end;
    return true;
  }
  list_ = {};
  return false;
}

bool FrameFinder::read_index(const TraceEnd& end, std::uint64_t end_offset) {
  std::uint64_t offset = end.index_offset;
  while (offset < end_offset) {
    const auto header = header_at(offset, end_offset);
    if (!header) return false;
    const FrameRef index{offset, 0, static_cast<std::uint32_t>(header->stored_bytes()),
                         FrameType::kIndex, 0};
    const char* reason = nullptr;
    const auto payload = read_frame(file_, index, reason);
    if (!payload || !decode_index(payload->rest(), first_offset_, list_)) return false;
    offset = index.end();
  }
  return !list_.frames.empty() && list_.frames.back().end() == end.index_offset;
}

void FrameFinder::walk(bool live, Damages& damages) {
  const std::uint64_t size = file_.size_bytes();
  while (at_ < size && !end_) {
    std::uint64_t start = at_;
    auto header = header_at(start, size);
    if (!header) {
      start = find_frame_after(at_, size);
      if (start == size) {
        if (!live) damages.add({at_, size - at_, "the last frame is cut short"}, size);
        return;
      }
      header = header_at(start, size);
      if (!header) continue;  // it was cut away meanwhile
    }
    if (start > at_ || header->sequence != next_sequence_) {
      damages.add({at_, start - at_, frames_missing(next_sequence_, header->sequence)}, size);
    }
    const FrameRef frame{start, header->sequence,
                         static_cast<std::uint32_t>(header->stored_bytes()), header->type,
                         header->flags};
    add(frame, *header, damages);
    next_sequence_ = frame.sequence + 1;
    at_ = frame.end();
  }
  if (end_ && at_ < size) damages.add({at_, size - at_, "bytes after the end of the trace"}, size);
}

void FrameFinder::add(const FrameRef& frame, const FrameHeader& header, Damages& damages) {
  ChunkHeader chunk;
  const bool is_chunk = frame.type == FrameType::kChunk;
  if (is_chunk) {
    const Bytes plain = file_.read(frame.offset + layout::kFrameHeaderBytes, header.plain_bytes);
    ByteReader in(plain);
    if (!get_chunk_header(in, chunk)) chunk = {};  // shows when the chunk is read
  }
  if (!list_.add(frame, is_chunk ? &chunk : nullptr)) {
    throw Error("cannot read " + file_.name() + ": it has more frames than pgrec holds",
                "record in parts");
  }
  if (frame.type != FrameType::kIndex && frame.type != FrameType::kEnd) return;
  // The walk needs no index; a damaged one is reported.
  const char* reason = nullptr;
  const auto payload = read_frame(file_, frame, reason);
  if (!payload) {
    damages.add({frame.offset, frame.stored_bytes, reason}, file_.size_bytes());
  } else if (frame.type == FrameType::kEnd) {
    end_ = decode_end(payload->plain());
    if (!end_)
      damages.add({frame.offset, frame.stored_bytes, "the end does not decode"},
                  file_.size_bytes());
  }
}

std::uint64_t FrameFinder::find_frame_after(std::uint64_t offset, std::uint64_t size) const {
  offset += layout::kFrameAlignment;
  offset -= offset % layout::kFrameAlignment;
  std::size_t search = kFirstSearchBytes;
  for (; offset + layout::kFrameHeaderBytes <= size; search = std::min(2 * search, kSearchBytes)) {
    const Bytes block = file_.read(offset, search + kFrameHeadBytes);
    std::size_t at = 0;
    for (; at < search && at + layout::kFrameHeaderBytes <= block.size();
         at += layout::kFrameAlignment) {
      const bool sync =
          std::memcmp(block.data() + at, &layout::kFrameSync, sizeof layout::kFrameSync) == 0;
      if (!sync) continue;
      const auto header = get_frame_header(ByteView(block).subspan(at));
      if (header && header->stored_bytes() <= size - offset - at) return offset + at;
    }
    if (at == 0) break;
    offset += at;
  }
  return size;
}

}  // namespace pgrec

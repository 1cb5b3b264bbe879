#include "format/trace/frame_walk.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace pgrec {
namespace {

using layout::FrameType;

// A search reads little at first: a file may have damage before every frame.
constexpr std::size_t kFirstSearchBytes = 1u << 12;
constexpr std::size_t kSearchBytes = 1u << 20;

// Why a walk that expected frame `expected` came upon frame `found`.
std::string frames_missing(std::uint64_t expected, std::uint64_t found) {
  const std::uint64_t count = found > expected ? found - expected : 0;
  return count == 0   ? "no frame begins here"
         : count == 1 ? "1 frame is unreadable or missing"
                      : std::to_string(count) + " frames are unreadable or missing";
}

}  // namespace

std::optional<FrameHeader> frame_header_at(const File& file, std::uint64_t offset,
                                           std::uint64_t limit) {
  if (offset >= limit) return std::nullopt;
  const auto header = get_frame_header(file.read(offset, kFrameHeadBytes));
  if (!header || header->stored_bytes() > limit - offset) return std::nullopt;
  return header;
}

std::optional<FrameHeader> FrameWalk::cut_header() const {
  const auto header = get_frame_header(file_->read(at_, kFrameHeadBytes));
  if (!header || header->sequence != order_.next()) return std::nullopt;
  return header;
}

std::optional<ChunkHeader> FrameWalk::chunk_header(std::uint64_t offset,
                                                   const FrameHeader& header) const {
  const Bytes plain = file_->read(offset + layout::kFrameHeaderBytes, header.plain_bytes);
  ByteReader in(plain);
  ChunkHeader chunk;
  if (!get_chunk_header(in, chunk)) return std::nullopt;
  return chunk;
}

std::optional<FrameWalk::Step> FrameWalk::next(std::uint64_t limit, bool live, Damages* damages) {
  const auto tell = [&](std::uint64_t offset, std::uint64_t bytes, std::string reason,
                        bool may_hold_chunk) {
    if (damages) damages->add({offset, bytes, std::move(reason), may_hold_chunk}, limit);
  };
  while (at_ < limit) {
    std::uint64_t start = at_;
    auto header = frame_header_at(*file_, start, limit);
    // Of what is passed over here: another frame than a chunk, and nothing else.
    bool is_no_chunk = false;
    if (!header) {
      const auto cut = cut_header();
      const bool is_cut_chunk = cut && cut->type == FrameType::kChunk;
      start = find_frame_after(at_, limit);
      if (start == limit) {
        if (live) return std::nullopt;
        if (is_cut_chunk) cut_chunk_ = chunk_header(at_, *cut);
        tell(at_, limit - at_, "the last frame is cut short", !cut || is_cut_chunk);
        return std::nullopt;
      }
      header = frame_header_at(*file_, start, limit);
      if (!header) continue;  // it was cut away meanwhile
      is_no_chunk = cut && !is_cut_chunk && header->sequence == order_.next() + 1;
    }
    Step step;
    step.frame = {start, header->sequence, static_cast<std::uint32_t>(header->stored_bytes()),
                  header->type, header->flags};
    step.is_chunk = header->type == FrameType::kChunk;
    const auto chunk = step.is_chunk ? chunk_header(start, *header) : std::nullopt;
    if (chunk) step.chunk = *chunk;
    if (start > at_ || header->sequence > order_.next()) {
      tell(at_, start - at_, frames_missing(order_.next(), header->sequence), !is_no_chunk);
    }
    at_ = step.frame.end();
    const char* refused = order_.refuse(step.frame, chunk ? &*chunk : nullptr);
    if (!refused) return step;
    // One that stands twice holds nothing more; one with wrong ids may.
    tell(start, step.frame.stored_bytes, refused,
         chunk && order_.next() == step.frame.sequence + 1);
  }
  return std::nullopt;
}

std::uint64_t FrameWalk::find_frame_after(std::uint64_t offset, std::uint64_t limit) const {
  offset += layout::kFrameAlignment;
  offset -= offset % layout::kFrameAlignment;
  std::size_t search = kFirstSearchBytes;
  for (; offset + layout::kFrameHeaderBytes <= limit; search = std::min(2 * search, kSearchBytes)) {
    const Bytes block = file_->read(offset, search + kFrameHeadBytes);
    std::size_t at = 0;
    for (; at < search && at + layout::kFrameHeaderBytes <= block.size();
         at += layout::kFrameAlignment) {
      const bool sync =
          std::memcmp(block.data() + at, &layout::kFrameSync, sizeof layout::kFrameSync) == 0;
      if (!sync) continue;
      const auto header = get_frame_header(ByteView(block).subspan(at));
      if (header && offset + at < limit && header->stored_bytes() <= limit - offset - at)
        return offset + at;
    }
    if (at == 0) break;
    offset += at;
  }
  return limit;
}

}  // namespace pgrec

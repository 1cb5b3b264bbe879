#include "format/trace/frame_finder.h"

#include <utility>

namespace pgrec {
namespace {

using layout::FrameType;

constexpr std::size_t kEndFrameBytes = layout::kFrameHeaderBytes + layout::kEndPayloadBytes;

// `is_it`: whether the header is that of the frame in question.
template <typename IsIt>
std::optional<FramePayload> read_if(const File& file, std::uint64_t offset, std::uint64_t bytes,
                                    IsIt is_it, const char*& reason) {
  Bytes stored = file.read(offset, bytes);
  const auto header = get_frame_header(stored);
  reason = "the frame's header is wrong";
  if (!header) return std::nullopt;
  reason = "the frame is not what the index says";
  if (header->stored_bytes() != stored.size() || !is_it(*header)) return std::nullopt;
  return open_payload(*header, std::move(stored), reason);
}

// Of a type, whatever its number.
std::optional<FramePayload> read_frame_of(FrameType type, const File& file, std::uint64_t offset,
                                          std::uint64_t bytes, const char*& reason) {
  return read_if(
      file, offset, bytes, [type](const FrameHeader& header) { return header.type == type; },
      reason);
}

}  // namespace

std::optional<FramePayload> read_frame(const File& file, const FrameRef& frame,
                                       const char*& reason) {
  return read_if(
      file, frame.offset, frame.stored_bytes,
      [&](const FrameHeader& header) {
        return header.type == frame.type && header.flags == frame.flags &&
               header.sequence == frame.sequence;
      },
      reason);
}

void FrameFinder::add(const FrameWalk::Step& step, const FrameWalk& before) {
  if (list_.frames.size() < held_) {
    list_.add(step.frame, step.is_chunk ? &step.chunk : nullptr);
  } else if (!behind_list_) {
    behind_list_ = before;
  }
  ++frames_;
  chunks_ += step.is_chunk ? 1 : 0;
}

bool FrameFinder::find_by_index(Damages& damages) {
  const std::uint64_t size = file_.size_bytes();
  if (size < first_offset_ + kEndFrameBytes) return false;
  const std::uint64_t end_offset = size - kEndFrameBytes;
  const char* reason = nullptr;
  const auto payload = read_frame_of(FrameType::kEnd, file_, end_offset, kEndFrameBytes, reason);
  const auto end = payload ? decode_end(payload->plain()) : std::nullopt;
  if (!end) return false;
  Damages found;
  index_fault_ = read_index(*end, end_offset, found);
  is_by_index_ = index_fault_.empty();
  if (!is_by_index_) {
    list_ = {};
    behind_list_.reset();
    frames_ = chunks_ = 0;
    index_order_ = {};
    return false;
  }
  for (const Damage& damage : found.all())
    damages.add(damage, size);
  end_ = end;
  if (!behind_list_) return true;
  // To know that what is not held can be walked to.
  walk_ = *behind_list_;
  frames_ = list_.frames.size();
  chunks_ = list_.chunks.size();
  while (true) {
    const FrameWalk before = walk_;
    const auto step = walk_.next(end->index_offset, false, &damages);
    if (!step) return true;
    add(*step, before);
  }
}

std::string FrameFinder::read_index(const TraceEnd& end, std::uint64_t end_offset,
                                    Damages& damages) {
  FrameOrder& order = index_order_;
  std::uint64_t offset = end.index_offset;
  std::uint64_t listed_end = first_offset_;
  std::uint64_t listed = 0;
  while (offset < end_offset) {
    const auto header = frame_header_at(file_, offset, end_offset);
    if (!header) return "no index frame stands where one should";
    const char* reason = nullptr;
    const auto payload =
        read_frame_of(FrameType::kIndex, file_, offset, header->stored_bytes(), reason);
    if (!payload) return header->type == FrameType::kIndex ? reason : "it is another frame";
    const auto some = decode_index(payload->rest(), listed_end, listed);
    if (!some) return "it does not decode";
    listed += some->frames.size();
    auto chunk = some->chunks.begin();
    for (const FrameRef& frame : some->frames) {
      FrameWalk::Step step{frame, frame.type == FrameType::kChunk, {}};
      if (step.is_chunk) step.chunk = (chunk++)->header;
      const FrameWalk before(file_, frame.offset, order);
      if (const char* refused = order.refuse(frame, step.is_chunk ? &step.chunk : nullptr)) {
        damages.add({frame.offset, frame.stored_bytes, refused, step.is_chunk}, file_.size_bytes());
      } else {
        add(step, before);
      }
      listed_end = frame.end();
    }
    offset += header->stored_bytes();
  }
  if (listed == 0) return "it lists no frame";
  return listed_end == end.index_offset ? "" : "it does not list what stands before it";
}

void FrameFinder::walk(bool live, Damages& damages) {
  const std::uint64_t size = file_.size_bytes();
  if (end_) return;
  while (!end_) {
    const FrameWalk before = walk_;
    const auto step = walk_.next(size, live, &damages);
    if (!step) return;
    add(*step, before);
    if (step->frame.type == FrameType::kIndex || step->frame.type == FrameType::kEnd)
      read_end(step->frame, damages);
  }
  tell_of_index(damages);
  if (walk_.offset() < size) {
    damages.add({walk_.offset(), size - walk_.offset(), "bytes after the end of the trace", false},
                size);
  }
}

// The walk needs no index; a damaged one is told of.
void FrameFinder::read_end(const FrameRef& frame, Damages& damages) {
  if (frame.type == FrameType::kIndex && !first_index_) first_index_ = frame;
  const char* reason = nullptr;
  const auto payload = read_frame(file_, frame, reason);
  if (payload && frame.type == FrameType::kEnd) {
    end_ = decode_end(payload->plain());
    if (end_) return;
    reason = "the end does not decode";
  }
  if (payload && frame.type == FrameType::kIndex) return;
  is_index_damaged_ = true;
  damages.add({frame.offset, frame.stored_bytes, reason, false}, file_.size_bytes());
}

// One that reads and lists other frames than there are.
void FrameFinder::tell_of_index(Damages& damages) const {
  if (index_fault_.empty() || is_index_damaged_ || !first_index_) return;
  const std::uint64_t end = walk_.offset() - kEndFrameBytes;
  damages.add({first_index_->offset, end - first_index_->offset,
               "the index is not that of these frames: " + index_fault_, false},
              file_.size_bytes());
}

}  // namespace pgrec

#include "format/trace_writer.h"

#include <algorithm>

#include "format/checksum.h"
#include "format/error.h"
#include "format/frame.h"

namespace pgrec {
namespace {

using layout::FrameType;

constexpr std::size_t kDictionaryBytes = 16u << 20;
constexpr std::size_t kTextFrameBytes = 1u << 20;

Bytes file_header() {
  Bytes out;
  put_bytes(out, layout::kMagic.data(), layout::kMagic.size());
  put_u16(out, layout::kMajor);
  put_u16(out, layout::kMinor);
  put_u32(out, layout::kFileHeaderBytes);
  put_u64(out, 0);  // incompatible features
  put_u32(out, 0);
  put_u32(out, crc32c(out));
  return out;
}

}  // namespace

TraceWriter::TraceWriter(File file) : file_(std::move(file)), texts_(kDictionaryBytes) {
  const Bytes header = file_header();
  file_.write(0, header);
  offset_ = header.size();
}

void TraceWriter::write(const Metadata& metadata) {
  put(FrameType::kMetadata, {}, encode(metadata));
}

void TraceWriter::write(const std::vector<Function>& functions) {
  put(FrameType::kFunctions, {}, encode(functions));
}

void TraceWriter::write(const std::vector<EventClass>& classes) {
  put(FrameType::kClasses, {}, encode(classes));
}

void TraceWriter::write(const std::vector<ClockSample>& samples) {
  put(FrameType::kClocks, {}, encode(samples));
}

void TraceWriter::write(const std::vector<Process>& processes) {
  constexpr std::size_t kProcessesAFrame = 1000;
  for (std::size_t first = 0; first < processes.size(); first += kProcessesAFrame) {
    const std::size_t end = std::min(first + kProcessesAFrame, processes.size());
    const auto at = [&](std::size_t i) {
      return processes.begin() + static_cast<std::ptrdiff_t>(i);
    };
    put(FrameType::kProcesses, {}, encode(std::vector<Process>(at(first), at(end))));
  }
}

void TraceWriter::write(const std::vector<Loss>& losses) {
  put(FrameType::kLosses, {}, encode(losses));
  for (const Loss& loss : losses)
    lost_events_ += loss.events;
}

TextId TraceWriter::text_id(const Text& text) {
  const TextId id = texts_.id(text);
  if (texts_.new_bytes() > kTextFrameBytes) write_texts();
  return id;
}

void TraceWriter::write_texts() {
  const std::vector<Text> texts = texts_.take_new();
  if (!texts.empty()) put(FrameType::kTexts, {}, encode(texts));
}

void TraceWriter::append(const ThreadKey& thread, std::span<const Event> events) {
  while (!events.empty()) {
    if (chunk_.events() == layout::kMaxChunkEvents) cut();
    const std::size_t room = layout::kMaxChunkEvents - chunk_.events();
    const auto now = events.first(std::min(room, events.size()));
    chunk_.append(thread, now);
    events = events.subspan(now.size());
  }
}

void TraceWriter::cut() {
  if (chunk_.events() == 0) return;
  write_texts();
  const ChunkBuilder::Encoded chunk = chunk_.encode();
  put(FrameType::kChunk, chunk.plain, chunk.columns, chunk.header);
  events_ += chunk.header.events;
}

void TraceWriter::close(Timestamp end) {
  cut();
  write_texts();
  const std::vector<FrameRef> frames = frames_;
  TraceEnd last;
  last.index_offset = offset_;
  last.end = end;
  last.calls = calls();
  last.executions = executions();
  last.events = events_;
  last.lost_events = lost_events_;
  for (std::size_t first = 0; first < frames.size(); first += kIndexFrames) {
    const std::size_t count = std::min(kIndexFrames, frames.size() - first);
    put(FrameType::kIndex, {}, encode_index(std::span(frames).subspan(first, count)));
  }
  put(FrameType::kEnd, encode_end(last), {});
}

void TraceWriter::put(FrameType type, ByteView plain, ByteView rest, const ChunkHeader& chunk) {
  Bytes frame;
  put_frame(frame, type, frames_.size(), plain, rest);
  try {
    file_.write(offset_, frame);
  } catch (const Error&) {
    file_.truncate(offset_);
    throw;
  }
  const std::uint8_t flags = get_frame_header(frame)->flags;
  frames_.push_back({type, flags, offset_, frame.size(), frames_.size(), chunk});
  offset_ += frame.size();
}

}  // namespace pgrec

#include "format/trace_reader.h"

#include <algorithm>
#include <cstring>

#include "format/checksum.h"
#include "format/error.h"

namespace pgrec {
namespace {

using layout::FrameType;

constexpr std::size_t kEndFrameBytes = layout::kFrameHeaderBytes + layout::kEndPayloadBytes;
constexpr std::size_t kSearchBytes = 1u << 20;

bool is_known(FrameType type) {
  switch (type) {
    case FrameType::kMetadata:
    case FrameType::kFunctions:
    case FrameType::kTexts:
    case FrameType::kProcesses:
    case FrameType::kClocks:
    case FrameType::kClasses:
    case FrameType::kChunk:
    case FrameType::kLosses:
    case FrameType::kIndex:
    case FrameType::kEnd:
      return true;
  }
  return false;
}

// Why a walk that expected frame `expected` came upon frame `found`.
std::string frames_missing(std::uint64_t expected, std::uint64_t found) {
  if (found < expected) return "the frames are not in order";
  const std::uint64_t count = found - expected;
  return count == 0   ? "no frame begins here"
         : count == 1 ? "1 frame is unreadable or missing"
                      : std::to_string(count) + " frames are unreadable or missing";
}

}  // namespace

TraceReader::TraceReader(File file) : file_(std::move(file)) {
  read_file_header();
  if (!find_frames_by_index()) find_frames_by_walking();
  if (frames_.empty()) {
    throw Error("cannot read " + name() + ": nothing in it is readable",
                "the recorder was stopped before it wrote anything, or the file was overwritten");
  }
  read_tables();
}

std::optional<std::string> TraceReader::fact(std::string_view key) const {
  for (auto it = metadata_.rbegin(); it != metadata_.rend(); ++it) {
    if (it->first == key) return it->second;
  }
  return std::nullopt;
}

std::string TraceReader::function_name(std::optional<FunctionId> id) const {
  if (!id) return "any";
  for (const Function& function : functions_) {
    if (function.id == id) return function.name;
  }
  return "function " + std::to_string(value(*id));
}

std::uint64_t TraceReader::lost_events() const {
  std::uint64_t events = 0;
  for (const Loss& loss : losses_)
    events += loss.events;
  return events;
}

Timestamp TraceReader::last() const {
  if (end_) return end_->end;
  Timestamp last{};
  for (const FrameRef& frame : frames_)
    last = std::max(last, frame.chunk.last);
  return last;
}

void TraceReader::read_file_header() {
  const Bytes bytes = file_.read(0, layout::kFileHeaderBytes);
  if (bytes.empty()) {
    throw Error("cannot read " + name() + ": it is empty",
                "its recorder was stopped before it wrote anything");
  }
  const std::size_t length = std::min(bytes.size(), layout::kMagic.size());
  if (!std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length),
                  layout::kMagic.begin())) {
    const bool text_mode =
        bytes.size() >= 4 && std::memcmp(bytes.data(), layout::kMagic.data(), 4) == 0;
    throw Error("cannot read " + name() + ": it is not a pgrec trace",
                text_mode
                    ? "it was one: a transfer in text mode changed its line ends; copy it again "
                      "in binary mode"
                    : "traces are made by pgrec record and end in .pgt");
  }
  if (bytes.size() < layout::kFileHeaderBytes) {
    throw Error("cannot read " + name() + ": it ends inside its header",
                "the copy was cut short; copy it again");
  }
  ByteReader in(ByteView(bytes).subspan(layout::kMagic.size()));
  major_ = in.u16();
  minor_ = in.u16();
  in.u32();
  const std::uint64_t features = in.u64();
  in.u32();
  if (in.u32() != crc32c(ByteView(bytes).first(layout::kFileHeaderBytes - 4))) {
    // Every frame stands for itself, so go on as if the header said what this reader expects.
    add_damage(0, layout::kFileHeaderBytes, "the file header's checksum does not match");
    major_ = layout::kMajor;
    minor_ = layout::kMinor;
    return;
  }
  if (major_ != layout::kMajor || features != 0) {
    throw Error("cannot read " + name() + ": it is a trace of format " + std::to_string(major_) +
                    "." + std::to_string(minor_),
                "this pgrec reads format " + std::to_string(layout::kMajor) +
                    "; use the pgrec that "
                    "recorded it, or a later one");
  }
}

std::optional<FrameHeader> TraceReader::header_at(std::uint64_t offset, std::uint64_t size) const {
  const auto header = get_frame_header(file_.read(offset, kFrameHeadBytes));
  if (!header || header->stored_bytes() > size - offset) return std::nullopt;
  return header;
}

bool TraceReader::find_frames_by_index() {
  const std::uint64_t size = file_.size_bytes();
  if (size < layout::kFileHeaderBytes + kEndFrameBytes) return false;
  const std::uint64_t end_offset = size - kEndFrameBytes;
  const auto payload_of = [&](std::uint64_t offset, FrameType type) -> std::optional<FramePayload> {
    const auto header = header_at(offset, size);
    if (!header || header->type != type) return std::nullopt;
    const char* reason = nullptr;
    return open_payload(
        *header, file_.read(offset + layout::kFrameHeaderBytes, header->payload_bytes), reason);
  };
  const auto end_payload = payload_of(end_offset, FrameType::kEnd);
  if (!end_payload) return false;
  const auto end = decode_end(end_payload->plain());
  if (!end || end->index_offset >= end_offset) return false;
  std::vector<FrameRef> frames;
  std::uint64_t offset = end->index_offset;
  while (offset < end_offset) {
    const auto header = header_at(offset, end_offset);
    const auto index_payload = payload_of(offset, FrameType::kIndex);
    if (!header || !index_payload || !decode_index(index_payload->rest(), frames)) return false;
    offset += header->stored_bytes();
  }
  if (frames.empty() || frames.back().offset + frames.back().stored_bytes != end->index_offset) {
    return false;
  }
  frames_ = std::move(frames);
  end_ = end;
  return true;
}

void TraceReader::find_frames_by_walking() {
  const std::uint64_t size = file_.size_bytes();
  std::uint64_t offset = layout::kFileHeaderBytes;
  std::uint64_t next_sequence = 0;
  while (offset < size) {
    std::uint64_t start = offset;
    auto header = header_at(start, size);
    if (!header) {
      start = find_frame_after(offset, size);
      if (start == size) {
        add_damage(offset, size - offset, "the last frame is cut short");
        return;
      }
      header = header_at(start, size);
    }
    if (start > offset || header->sequence != next_sequence) {
      add_damage(offset, start - offset, frames_missing(next_sequence, header->sequence));
    }
    FrameRef frame{header->type,           header->flags,    start,
                   header->stored_bytes(), header->sequence, {}};
    if (frame.type == FrameType::kChunk) {
      const Bytes plain = file_.read(start + layout::kFrameHeaderBytes, layout::kChunkPlainBytes);
      ByteReader in(plain);
      get_chunk_header(in, frame.chunk);  // a wrong one shows when the chunk is read
    }
    frames_.push_back(frame);
    next_sequence = frame.sequence + 1;
    offset = start + frame.stored_bytes;
    if (frame.type == FrameType::kIndex)
      read(frame);  // tells of its damage; the walk needs no index
    if (frame.type == FrameType::kEnd) {
      if (const auto payload = read(frame)) end_ = decode_end(payload->plain());
      if (closed() && offset < size)
        add_damage(offset, size - offset, "bytes after the end of the trace");
      if (closed()) return;
    }
  }
}

std::uint64_t TraceReader::find_frame_after(std::uint64_t offset, std::uint64_t size) const {
  offset += layout::kFrameAlignment;
  offset -= offset % layout::kFrameAlignment;
  while (offset + layout::kFrameHeaderBytes <= size) {
    const Bytes block = file_.read(offset, kSearchBytes + layout::kFrameHeaderBytes);
    std::size_t at = 0;
    for (; at < kSearchBytes && at + layout::kFrameHeaderBytes <= block.size();
         at += layout::kFrameAlignment) {
      const bool sync =
          std::memcmp(block.data() + at, &layout::kFrameSync, sizeof layout::kFrameSync) == 0;
      if (sync && header_at(offset + at, size)) return offset + at;
    }
    offset += at;
  }
  return size;
}

std::optional<FramePayload> TraceReader::read(const FrameRef& frame) {
  const char* reason = "the frame's header is wrong";
  Bytes stored = file_.read(frame.offset, frame.stored_bytes);
  const auto header = get_frame_header(stored);
  if (header && header->type == frame.type && header->stored_bytes() == stored.size()) {
    stored.erase(stored.begin(), stored.begin() + layout::kFrameHeaderBytes);
    stored.resize(header->payload_bytes);
    if (auto payload = open_payload(*header, std::move(stored), reason)) return payload;
  }
  add_damage(frame.offset, frame.stored_bytes, reason);
  return std::nullopt;
}

void TraceReader::read_tables() {
  const auto take = [&](const FrameRef& frame, auto decode, auto& table) {
    const auto payload = read(frame);
    if (!payload) return;
    auto rows = decode(payload->rest());
    if (!rows) return add_damage(frame.offset, frame.stored_bytes, "the table does not decode");
    table.insert(table.end(), rows->begin(), rows->end());
  };
  for (const FrameRef& frame : frames_) {
    switch (frame.type) {
      case FrameType::kMetadata:
        take(frame, decode_metadata, metadata_);
        break;
      case FrameType::kFunctions:
        take(frame, decode_functions, functions_);
        break;
      case FrameType::kProcesses:
        take(frame, decode_processes, processes_);
        break;
      case FrameType::kClocks:
        take(frame, decode_clocks, clocks_);
        break;
      case FrameType::kClasses:
        take(frame, decode_classes, classes_);
        break;
      case FrameType::kLosses:
        take(frame, decode_losses, losses_);
        break;
      default:
        if (!is_known(frame.type) && !(frame.flags & layout::kFlagAncillary)) {
          add_damage(frame.offset, frame.stored_bytes,
                     "a frame of type " + std::to_string(static_cast<int>(frame.type)) +
                         ", which this pgrec does not know");
        }
    }
  }
}

void TraceReader::for_each_text(const std::function<void(const Text&)>& visit) {
  for (const FrameRef& frame : frames_) {
    if (frame.type != FrameType::kTexts) continue;
    const auto payload = read(frame);
    if (!payload) continue;
    const auto texts = decode_texts(payload->rest());
    if (!texts) add_damage(frame.offset, frame.stored_bytes, "the table does not decode");
    for (const Text& text : texts.value_or(std::vector<Text>{}))
      visit(text);
  }
}

bool TraceReader::for_each_chunk(const std::function<void(const Chunk&)>& visit) {
  std::uint64_t visited = 0;
  for (const FrameRef& frame : frames_) {
    if (frame.type != FrameType::kChunk) continue;
    const auto payload = read(frame);
    if (!payload) continue;
    const auto chunk = decode_chunk(payload->plain(), payload->rest());
    if (chunk) {
      visit(*chunk);
      visited = frame.offset;
    } else {
      add_damage(frame.offset, frame.stored_bytes, "the chunk does not decode");
    }
  }
  return !may_miss_chunk_after(visited);
}

// Damage that is known to be another frame's holds no chunk.
bool TraceReader::may_miss_chunk_after(std::uint64_t offset) const {
  const auto holds_no_chunk = [this](const Damage& damage) {
    return std::any_of(frames_.begin(), frames_.end(), [&](const FrameRef& frame) {
      return frame.offset == damage.offset && frame.type != FrameType::kChunk;
    });
  };
  return std::any_of(damages_.begin(), damages_.end(), [&](const Damage& damage) {
    return damage.offset > offset && !holds_no_chunk(damage);
  });
}

void TraceReader::add_damage(std::uint64_t offset, std::uint64_t bytes, std::string reason) {
  Damage damage{offset, bytes, std::move(reason)};
  if (std::find(damages_.begin(), damages_.end(), damage) != damages_.end()) return;
  const auto later = [&](const Damage& other) { return other.offset > offset; };
  damages_.insert(std::find_if(damages_.begin(), damages_.end(), later), std::move(damage));
}

}  // namespace pgrec

#include "tests/unit/trace_file.h"

#include <fcntl.h>

#include <filesystem>
#include <fstream>

namespace pgrec::test {

TraceWriter TraceFile::writer() const {
  return TraceWriter(
      File(::open(path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), path_));
}

std::uint64_t TraceFile::size_bytes() const {
  return std::filesystem::file_size(path_);
}

void TraceFile::flip_byte_at(std::uint64_t offset, std::uint8_t mask) const {
  std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
  file.seekg(static_cast<std::streamoff>(offset));
  const int byte = file.get();
  file.seekp(static_cast<std::streamoff>(offset));
  file.put(static_cast<char>(byte ^ mask));
}

void TraceFile::truncate_to(std::uint64_t bytes) const {
  std::filesystem::resize_file(path_, bytes);
}

void TraceFile::append(ByteView bytes) const {
  Bytes all = this->bytes();
  all.insert(all.end(), bytes.begin(), bytes.end());
  replace(all);
}

std::deque<FrameRef> all_frames(const TraceReader& trace) {
  return {trace.frames().begin(), trace.frames().end()};
}

std::deque<ChunkRef> all_chunks(const TraceReader& trace) {
  return {trace.chunks().begin(), trace.chunks().end()};
}

std::vector<FrameRef> chunk_frames(const TraceReader& trace) {
  std::vector<FrameRef> chunks;
  for (const FrameRef& frame : trace.frames()) {
    if (frame.type == layout::FrameType::kChunk) chunks.push_back(frame);
  }
  return chunks;
}

}  // namespace pgrec::test

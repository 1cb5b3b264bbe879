#include "tests/fuzz/crafted_file.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>

#include "format/frame/checksum.h"
#include "format/frame/file_header.h"
#include "format/frame/frame.h"

namespace pgrec::fuzz {
namespace {

// Offsets in a frame header of format/frame/frame.cc.
constexpr std::size_t kPlainBytesAt = 4;  // the upper half of the word there
constexpr std::size_t kPayloadBytesAt = 8;
constexpr std::size_t kPayloadChecksumAt = 24;
constexpr std::size_t kHeaderChecksumAt = 28;

void set_u32(Bytes& bytes, std::size_t offset, std::uint32_t v) {
  std::memcpy(&bytes[offset], &v, sizeof v);
}

std::uint32_t get_u32(const Bytes& bytes, std::size_t offset) {
  std::uint32_t v = 0;
  std::memcpy(&v, &bytes[offset], sizeof v);
  return v;
}

// A header's checksum covers the bytes before it and, in a frame, the plain part behind it.
void correct_header(Bytes& file, std::size_t start, std::size_t checksum_at,
                    std::size_t plain = 0) {
  const ByteView header = ByteView(file).subspan(start);
  if (checksum_at + 4 + plain > header.size()) return;
  const std::uint32_t checksum = crc32c(header.first(checksum_at));
  set_u32(file, start + checksum_at, crc32c(header.subspan(checksum_at + 4, plain), checksum));
}

}  // namespace

void correct_checksums(Bytes& file) {
  if (file.size() < layout::kFileHeaderBytes) return;
  correct_header(file, 0, layout::kFileHeaderBytes - 4);
  std::size_t at = layout::kFileHeaderBytes;
  while (at + layout::kFrameHeaderBytes <= file.size()) {
    if (get_u32(file, at) != layout::kFrameSync) {
      at += layout::kFrameAlignment;
      continue;
    }
    const std::size_t payload = get_u32(file, at + kPayloadBytesAt);
    const std::size_t start = at + layout::kFrameHeaderBytes;
    if (payload <= file.size() - start) {
      set_u32(file, at + kPayloadChecksumAt, crc32c(ByteView(file).subspan(start, payload)));
    }
    correct_header(file, at, kHeaderChecksumAt, get_u32(file, at + kPlainBytesAt) >> 16);
    const auto header = get_frame_header(ByteView(file).subspan(at));
    const bool inside = header && header->stored_bytes() <= file.size() - at;
    at += inside ? header->stored_bytes() : layout::kFrameAlignment;
  }
}

Bytes file_of_one_chunk(ByteView content) {
  Bytes file = encode_file_header();
  if (content.size() < layout::kChunkPlainBytes) return file;
  put_frame(file, layout::FrameType::kChunk, 0, content.first(layout::kChunkPlainBytes),
            content.subspan(layout::kChunkPlainBytes));
  return file;
}

Bytes file_with_index(ByteView index, std::optional<std::uint64_t> index_at) {
  Bytes file = encode_file_header();
  const std::size_t first = file.size();
  put_frame(file, layout::FrameType::kMetadata, 0, {}, encode(Metadata{{"host.name", "db1"}}));
  TraceEnd end;
  end.index_offset = index_at ? first + *index_at : file.size();
  put_frame(file, layout::FrameType::kIndex, 1, {}, index);
  put_frame(file, layout::FrameType::kEnd, 2, encode_end(end), {});
  return file;
}

File memory_file(ByteView bytes) {
  const int fd = ::memfd_create("trace", MFD_CLOEXEC);
  if (fd < 0) std::abort();
  File file(fd, "trace");
  file.write(0, bytes);
  return file;
}

void read_everything(TraceReader& trace) {
  trace.for_each_text([](const Text&) {});
  trace.for_each_chunk([](const Chunk&) {});
  for (const ChunkRef& chunk : trace.chunks())
    trace.summary_of(chunk);
  encode(trace.summary());
  trace.refresh();
}

}  // namespace pgrec::fuzz

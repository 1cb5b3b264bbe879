// Fuzz target: reads any bytes as a trace and loads it into a database. The first byte selects what
// is done to the rest before: 1 makes the checksums of the file header and of all frames right, so
// that the decoders behind them are reached; 2 makes a file of it whose one chunk holds it
// uncompressed; others do nothing.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "analyze/importer.h"
#include "format/checksum.h"
#include "format/error.h"
#include "format/frame.h"
#include "format/trace_reader.h"

namespace {

using namespace pgrec;

// Offsets in a frame header of format/frame.cc.
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

// Corrects every checksum on the way from frame to frame.
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

// A file of one chunk whose plain part and columns are `content`, behind a header.
Bytes file_of_one_chunk(ByteView content) {
  Bytes file;
  put_bytes(file, layout::kMagic.data(), layout::kMagic.size());
  put_u16(file, layout::kMajor);
  put_u16(file, layout::kMinor);
  file.resize(layout::kFileHeaderBytes);
  if (content.size() < layout::kChunkPlainBytes) return file;
  put_frame(file, layout::FrameType::kChunk, 0, content.first(layout::kChunkPlainBytes),
            content.subspan(layout::kChunkPlainBytes));
  correct_checksums(file);
  return file;
}

// A file in memory that holds `bytes`.
File memory_file(ByteView bytes) {
  const int fd = ::memfd_create("trace", MFD_CLOEXEC);
  if (fd < 0) std::abort();
  File file(fd, "trace");
  file.write(0, bytes);
  return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView rest(data + 1, size - 1);
  Bytes bytes(rest.begin(), rest.end());
  if (data[0] == 1) correct_checksums(bytes);
  if (data[0] == 2) bytes = file_of_one_chunk(rest);
  try {
    TraceReader trace(memory_file(bytes));
    Database database;
    import_trace(trace, database);
  } catch (const Error&) {
    // Refused, as it may be.
  }
  return 0;
}

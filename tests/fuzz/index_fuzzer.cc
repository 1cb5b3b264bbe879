// Fuzz target: takes any bytes as an index. The first byte selects what it is: 0 decodes it as the
// list of frames, which must come back when it is written again; 1 as the end of a trace; 2 makes
// it the index of a file and reads that; 3 too, and the second byte says where the file's end says
// that it stands.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "format/error.h"
#include "format/trace/index.h"
#include "tests/fuzz/crafted_file.h"

namespace {

using namespace pgrec;

bool same(const FrameList& a, const FrameList& b) {
  if (a.frames.size() != b.frames.size() || a.chunks.size() != b.chunks.size()) return false;
  for (std::size_t i = 0; i < a.frames.size(); ++i) {
    const FrameRef &one = a.frames[i], &other = b.frames[i];
    if (one.offset != other.offset || one.stored_bytes != other.stored_bytes ||
        one.type != other.type || one.flags != other.flags || one.sequence != other.sequence) {
      return false;
    }
  }
  for (std::size_t i = 0; i < a.chunks.size(); ++i) {
    if (!(a.chunks[i].header == b.chunks[i].header)) return false;
  }
  return true;
}

void list_there_and_back(ByteView bytes) {
  const auto list = decode_index(bytes, layout::kFileHeaderBytes, 0);
  if (!list) return;
  const auto again = decode_index(encode_index(*list), layout::kFileHeaderBytes, 0);
  if (!again || !same(*list, *again)) std::abort();
}

void read_file(const Bytes& bytes) {
  try {
    TraceReader trace(fuzz::memory_file(bytes));
    fuzz::read_everything(trace);
  } catch (const Error&) {
    // Refused, as it may be.
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView rest(data + 1, size - 1);
  switch (data[0] % 4) {
    case 0:
      list_there_and_back(rest);
      break;
    case 1:
      decode_end(rest);
      break;
    case 2:
      read_file(fuzz::file_with_index(rest, std::nullopt));
      break;
    default:
      if (!rest.empty()) read_file(fuzz::file_with_index(rest.subspan(1), rest[0]));
  }
  return 0;
}

// Fuzz target: rebuilds a trace from any bytes, reads everything of what was made, and rebuilds
// that: a rebuilt trace is intact, and holds what it was made from. The first byte selects what is
// done to the rest before: 1 makes the checksums of the file header and of all frames right; others
// do nothing.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "analyze/repair/recovery.h"
#include "format/error.h"
#include "tests/fuzz/crafted_file.h"

namespace {

using namespace pgrec;

// A new trace made from `in`, open for reading.
TraceReader rebuild(TraceReader& in, Recovery& recovery) {
  const int fd = ::memfd_create("rebuilt", MFD_CLOEXEC);
  const int kept = ::dup(fd);
  if (fd < 0 || kept < 0) std::abort();
  {
    TraceWriter out(File(fd, "rebuilt"));
    recovery = recover(in, out);
  }
  return TraceReader(File(kept, "rebuilt"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  Bytes bytes(data + 1, data + size);
  if (data[0] == 1) fuzz::correct_checksums(bytes);
  std::optional<TraceReader> in;
  try {
    in.emplace(fuzz::memory_file(bytes));
  } catch (const Error&) {
    return 0;  // refused, as it may be
  }
  Recovery first, second;
  TraceReader rebuilt = rebuild(*in, first);
  fuzz::read_everything(rebuilt);
  if (!rebuilt.closed() || rebuilt.chunks().size() != first.chunks_kept) std::abort();
  TraceReader again = rebuild(rebuilt, second);
  if (second.calls_kept != first.calls_kept || second.chunks_dropped != 0) std::abort();
  return 0;
}

// Fuzz target: reads any bytes as the frames of a trace, in every way that a reader has. The first
// byte selects what is done to the rest before: 1 makes the checksums of the file header and of all
// frames right, so that what is behind them is reached; others do nothing.
#include <cstddef>
#include <cstdint>

#include "format/error.h"
#include "tests/fuzz/crafted_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pgrec;
  if (size == 0) return 0;
  Bytes bytes(data + 1, data + size);
  if (data[0] == 1) fuzz::correct_checksums(bytes);
  try {
    TraceReader trace(fuzz::memory_file(bytes));
    fuzz::read_everything(trace);
  } catch (const Error&) {
    // Refused, as it may be.
  }
  return 0;
}

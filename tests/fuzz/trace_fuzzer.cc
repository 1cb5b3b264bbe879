// Fuzz target: reads any bytes as a trace and loads it into a database. The first byte selects what
// is done to the rest before: 1 makes the checksums of the file header and of all frames right, so
// that the decoders behind them are reached; 2 makes a file of it whose one chunk holds it
// uncompressed; others do nothing.
#include <cstddef>
#include <cstdint>

#include "analyze/sql/importer.h"
#include "format/error.h"
#include "tests/fuzz/crafted_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pgrec;
  if (size == 0) return 0;
  const ByteView rest(data + 1, size - 1);
  Bytes bytes(rest.begin(), rest.end());
  if (data[0] == 1) fuzz::correct_checksums(bytes);
  if (data[0] == 2) bytes = fuzz::file_of_one_chunk(rest);
  try {
    TraceReader trace(fuzz::memory_file(bytes));
    Database database;
    import_trace(trace, database);
  } catch (const Error&) {
    // Refused, as it may be.
  }
  return 0;
}

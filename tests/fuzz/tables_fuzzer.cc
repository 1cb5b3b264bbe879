// Fuzz target: decodes any bytes as a table or as a summary, which the first byte selects. What
// decodes must come back when it is written again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "format/table/summary.h"
#include "format/table/tables.h"

namespace {

using namespace pgrec;

template <typename Decode>
void there_and_back(Decode decode, ByteView bytes) {
  const auto rows = decode(bytes);
  if (rows && decode(encode(*rows)) != rows) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView rest(data + 1, size - 1);
  switch (data[0] % 16) {
    case 0:
      there_and_back(decode_metadata, rest);
      break;
    case 1:
      there_and_back(decode_functions, rest);
      break;
    case 2:
      there_and_back(decode_classes, rest);
      break;
    case 3:
      there_and_back(decode_texts, rest);
      break;
    case 4:
      there_and_back(decode_processes, rest);
      break;
    case 5:
      there_and_back(decode_clocks, rest);
      break;
    case 6:
      there_and_back(decode_losses, rest);
      break;
    case 8:
      there_and_back(decode_accounts, rest);
      break;
    default:
      there_and_back(decode_summary, rest);
      break;
  }
  return 0;
}

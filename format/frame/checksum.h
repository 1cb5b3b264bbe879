// CRC32C (Castagnoli, polynomial 0x1EDC6F41, reflected), the checksum of every frame. RFC 3720
// section B.4 gives its test vectors.
#pragma once

#include <cstdint>

#include "format/frame/bytes.h"

namespace pgrec {

// The checksum of `data`, continued from `seed`, the checksum of what came before it (0 at the
// start). Uses the processor's instruction where there is one.
std::uint32_t crc32c(ByteView data, std::uint32_t seed = 0);

// The same by table on any processor.
std::uint32_t crc32c_by_table(ByteView data, std::uint32_t seed = 0);

}  // namespace pgrec

// zstd, behind two functions. The only place that includes <zstd.h>.
#pragma once

#include <cstddef>
#include <optional>

#include "format/bytes.h"

namespace pgrec {

// `raw` as one zstd frame, appended to `out`. Throws Error when out of memory.
void compress(ByteView raw, Bytes& out);

// The `raw_bytes` bytes that `stored` holds, or nothing when it is not a zstd frame of exactly that
// many bytes. Allocates `raw_bytes`, so the caller bounds it first.
std::optional<Bytes> decompress(ByteView stored, std::size_t raw_bytes);

}  // namespace pgrec

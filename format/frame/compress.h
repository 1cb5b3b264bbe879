// zstd, behind two functions. The only place that includes <zstd.h>.
#pragma once

#include <cstddef>

#include "format/frame/bytes.h"

namespace pgrec {

// `raw` as one zstd frame, appended to `out`. Throws Error when out of memory.
void compress(ByteView raw, Bytes& out);

// Fills `raw` with what `stored` holds. False when that is not a zstd frame of exactly as many
// bytes. The caller bounds the size of `raw`, which a file declares.
bool decompress(ByteView stored, std::span<std::uint8_t> raw);

}  // namespace pgrec

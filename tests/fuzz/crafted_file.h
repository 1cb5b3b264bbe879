// Files in memory for fuzz targets: bytes as they come, with their checksums made right, or around
// a payload.
#pragma once

#include <cstdint>
#include <optional>

#include "format/frame/bytes.h"
#include "format/frame/file.h"
#include "format/layout.h"
#include "format/trace/trace_reader.h"

namespace pgrec::fuzz {

// Corrects the checksums of the file header and of every frame on the way from frame to frame, so
// that the decoders behind them are reached.
void correct_checksums(Bytes& file);

// A file whose one chunk has `content` as its plain part and its columns.
Bytes file_of_one_chunk(ByteView content);

// A closed file of a table and an index frame, whose payload is `index` and which the end says
// stands `index_at` bytes behind the first frame; none: where it does.
Bytes file_with_index(ByteView index, std::optional<std::uint64_t> index_at);

// A file in memory that holds `bytes`.
File memory_file(ByteView bytes);

// Reads all of it that can be read.
void read_everything(TraceReader& trace);

}  // namespace pgrec::fuzz

// Columns: a chunk stores like values side by side. Each column is compressed by itself, so that a
// reader can pass over it.
//
// A column is an id (varint), a codec (u8), the bytes it has uncompressed (varint), with codec 1
// the bytes that are stored (varint), and the bytes. Column 3 of the bytes 04 06 is 03 00 02 04 06.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "format/frame/bytes.h"

namespace pgrec {

// Appends `raw` as column `id`, compressed where that is worth decompressing it; nothing where it
// is empty.
void put_column(Bytes& out, std::uint64_t id, ByteView raw);

// The columns in some bytes. Borrows them.
class Columns {
 public:
  // Finds the columns. False when the bytes are not columns, or more than a bound, counted as they
  // are uncompressed.
  bool find(ByteView bytes);

  // The content of a column, decompressed into `buffer` where it is compressed: valid as long as
  // both. Empty where there is no such column; nothing where its codec is not known or its bytes
  // are not what the codec makes.
  std::optional<ByteView> open(std::uint64_t id, Bytes& buffer) const;

 private:
  struct Column {
    std::uint64_t id = 0;
    std::uint8_t codec = 0;
    std::uint32_t raw_bytes = 0;
    ByteView stored;
  };
  std::vector<Column> columns_;
};

}  // namespace pgrec

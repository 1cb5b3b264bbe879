// Tables as they are stored: a varint of rows, then each row as a varint of bytes and the bytes. A
// reader passes over what a later version appended to a row, and over tables appended to tables.
#pragma once

#include <optional>
#include <vector>

#include "format/clock.h"
#include "format/frame/bytes.h"
#include "format/layout.h"

namespace pgrec {

// A duration, which is never negative: a varint of nanoseconds.
inline void put_duration(Bytes& out, Duration duration) {
  put_varint(out, static_cast<std::uint64_t>(duration.count()));
}

inline Duration get_duration(ByteReader& in) {
  return Duration(static_cast<std::int64_t>(in.varint_below(1ull << 63)));
}

// Appends a table of `rows`, each as put_row(Bytes&, row) writes it.
template <typename Rows, typename PutRow>
void put_rows(Bytes& out, const Rows& rows, PutRow put_row) {
  put_varint(out, rows.size());
  Bytes bytes;
  for (const auto& row : rows) {
    bytes.clear();
    put_row(bytes, row);
    put_varint(out, bytes.size());
    put_bytes(out, bytes.data(), bytes.size());
  }
}

// Reads a table: get_row(ByteReader&) for each row. False when the bytes are no table, or have more
// than `max_rows` rows.
template <typename GetRow>
bool get_rows(ByteReader& in, GetRow get_row, std::uint32_t max_rows = layout::kMaxTableRows) {
  const std::uint64_t count = in.varint_below(max_rows + 1);
  if (!in.can_hold(count, 1)) return false;
  for (std::uint64_t i = 0; i < count; ++i) {
    ByteReader row(in.bytes(in.varint()));
    get_row(row);
    if (!row.ok() || !in.ok()) return false;
  }
  return in.ok();
}

}  // namespace pgrec

#include "format/chunk/columns.h"

#include "format/frame/compress.h"
#include "format/layout.h"

namespace pgrec {
namespace {

enum Codec : std::uint8_t { kStored = 0, kZstd = 1 };

// What compression has to save for the work of undoing it: 1/32.
constexpr std::size_t kWorthShift = 5;

}  // namespace

void put_column(Bytes& out, std::uint32_t id, ByteView raw) {
  if (raw.empty()) return;
  thread_local Bytes packed;
  packed.clear();
  compress(raw, packed);
  const bool worth = packed.size() < raw.size() - (raw.size() >> kWorthShift);
  put_varint(out, id);
  out.push_back(worth ? kZstd : kStored);
  put_varint(out, raw.size());
  if (worth) put_varint(out, packed.size());
  const ByteView stored = worth ? ByteView(packed) : raw;
  put_bytes(out, stored.data(), stored.size());
}

bool Columns::find(ByteView bytes) {
  columns_.clear();
  ok_ = true;
  ByteReader in(bytes);
  std::uint64_t raw_bytes = 0;
  while (!in.at_end()) {
    Column column;
    column.id = static_cast<std::uint32_t>(in.varint_below(layout::kMaxColumnId + 1));
    column.codec = in.u8();
    column.raw_bytes = static_cast<std::uint32_t>(in.varint_below(layout::kMaxRawBytes + 1));
    column.stored = in.bytes(column.codec == kStored ? column.raw_bytes : in.varint());
    raw_bytes += column.raw_bytes;
    if (!in.ok() || raw_bytes > layout::kMaxRawBytes ||
        columns_.size() == layout::kMaxChunkColumns) {
      return false;
    }
    columns_.push_back(column);
  }
  return true;
}

ByteView Columns::open(std::uint32_t id, Bytes& buffer) {
  for (const Column& column : columns_) {
    if (column.id != id) continue;
    if (column.codec == kStored) return column.stored;
    if (buffer.size() < column.raw_bytes) buffer.resize(column.raw_bytes);
    const auto raw = std::span(buffer).first(column.raw_bytes);
    if (column.codec == kZstd && decompress(column.stored, raw)) return raw;
    ok_ = false;
  }
  return {};
}

}  // namespace pgrec

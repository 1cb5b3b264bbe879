#include "format/chunk/columns.h"

#include <algorithm>

#include "format/frame/compress.h"
#include "format/layout.h"

namespace pgrec {
namespace {

enum Codec : std::uint8_t { kStored = 0, kZstd = 1 };

// What compression has to save for the work of undoing it: 1/32.
constexpr std::size_t kWorthShift = 5;

}  // namespace

void put_column(Bytes& out, std::uint64_t id, ByteView raw) {
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
  ByteReader in(bytes);
  std::uint64_t raw_bytes = 0;
  while (!in.at_end()) {
    Column column;
    column.id = in.varint();
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

std::optional<ByteView> Columns::open(std::uint64_t id, Bytes& buffer) const {
  const auto has_id = [id](const Column& column) { return column.id == id; };
  const auto column = std::find_if(columns_.begin(), columns_.end(), has_id);
  if (column == columns_.end()) return ByteView{};
  if (column->codec == kStored) return column->stored;
  if (column->codec != kZstd) return std::nullopt;
  if (buffer.size() < column->raw_bytes) buffer.resize(column->raw_bytes);
  const auto raw = std::span(buffer).first(column->raw_bytes);
  if (!decompress(column->stored, raw)) return std::nullopt;
  return raw;
}

}  // namespace pgrec

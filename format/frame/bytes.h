// Little-endian integers, LEB128 varints and length-prefixed strings to and from bytes: the only
// place that knows byte order.
//
// Worked example: put_u32(0x01020304) appends 04 03 02 01; put_varint(300) appends AC 02;
// put_zigzag(-2) appends 03; put_string("ab") appends 02 61 62.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pgrec {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

static_assert(std::endian::native == std::endian::little,
              "fixed-width fields are copied as they stand in memory");

inline void put_bytes(Bytes& out, const void* data, std::size_t bytes) {
  const auto* first = static_cast<const std::uint8_t*>(data);
  out.insert(out.end(), first, first + bytes);
}

inline void put_u16(Bytes& out, std::uint16_t v) {
  put_bytes(out, &v, sizeof v);
}
inline void put_u32(Bytes& out, std::uint32_t v) {
  put_bytes(out, &v, sizeof v);
}
inline void put_u64(Bytes& out, std::uint64_t v) {
  put_bytes(out, &v, sizeof v);
}

inline void put_varint(Bytes& out, std::uint64_t v) {
  for (; v >= 0x80; v >>= 7)
    out.push_back(static_cast<std::uint8_t>(v | 0x80));
  out.push_back(static_cast<std::uint8_t>(v));
}

// Small numbers of either sign: 0, -1, 1, -2, 2, … become 0, 1, 2, 3, 4, …
inline void put_zigzag(Bytes& out, std::int64_t v) {
  put_varint(out, static_cast<std::uint64_t>(v) << 1 ^ static_cast<std::uint64_t>(v >> 63));
}

inline void put_string(Bytes& out, std::string_view text) {
  put_varint(out, text.size());
  put_bytes(out, text.data(), text.size());
}

// Reads what the functions above wrote. Reading past the end, or a varint over 64 bits, gives 0 and
// makes ok() false from then on; a decoder checks ok() before it believes what it read.
class ByteReader {
 public:
  // Borrows `bytes`; they must outlive the reader and every view it returns.
  explicit ByteReader(ByteView bytes) : rest_(bytes) {}

  std::uint8_t u8() { return fixed<std::uint8_t>(); }
  std::uint16_t u16() { return fixed<std::uint16_t>(); }
  std::uint32_t u32() { return fixed<std::uint32_t>(); }
  std::uint64_t u64() { return fixed<std::uint64_t>(); }

  std::uint64_t varint() {
    std::uint64_t v = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const std::uint8_t byte = u8();
      if (shift == 63 && byte > 1) break;
      v |= std::uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80) return ok_ ? v : 0;
    }
    ok_ = false;
    return 0;
  }

  // A varint that must be below `limit`; otherwise 0, and ok() is false.
  std::uint64_t varint_below(std::uint64_t limit) {
    const std::uint64_t v = varint();
    if (v < limit) return v;
    ok_ = false;
    return 0;
  }

  std::int64_t zigzag() {
    const std::uint64_t coded = varint();
    return static_cast<std::int64_t>(coded >> 1) ^ -static_cast<std::int64_t>(coded & 1);
  }

  ByteView bytes(std::uint64_t count) {
    if (count > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    const ByteView taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

  std::string_view string() {
    const ByteView text = bytes(varint());
    return {reinterpret_cast<const char*>(text.data()), text.size()};
  }

  // How many more elements of at least `min_bytes` each can follow: bounds a declared count before
  // anything is allocated for it.
  bool can_hold(std::uint64_t count, std::size_t min_bytes) {
    if (count > rest_.size() / min_bytes) ok_ = false;
    return ok_;
  }

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  std::size_t remaining_bytes() const { return rest_.size(); }
  void fail() { ok_ = false; }

 private:
  template <typename T>
  T fixed() {
    T v = 0;
    const ByteView raw = bytes(sizeof v);
    if (raw.size() == sizeof v) std::memcpy(&v, raw.data(), sizeof v);
    return v;
  }

  ByteView rest_;
  bool ok_ = true;
};

}  // namespace pgrec

// The executable bytes of a binary, found by virtual address, and the pieces they come in.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "format/frame/bytes.h"

namespace pgrec {

// Where a function's code stands.
struct Extent {
  std::uint64_t address = 0;  // virtual
  std::uint64_t bytes = 0;    // 0 where it is not known
};

struct CodeSegment {
  std::uint64_t address = 0;      // virtual, of the first byte
  std::uint64_t file_offset = 0;  // bytes
  Bytes bytes;
};

struct Code {
  std::vector<CodeSegment> segments;
  std::vector<Extent> pieces;  // functions, and parts of them that stand elsewhere, by address

  // The bytes from `address` to the end of its segment, valid as long as this is unchanged. Empty
  // where there is no code.
  ByteView at(std::uint64_t address) const {
    for (const CodeSegment& segment : segments) {
      if (address >= segment.address && address - segment.address < segment.bytes.size())
        return ByteView(segment.bytes).subspan(address - segment.address);
    }
    return {};
  }
  // Where `address` is in the file, in bytes; nothing where there is no code.
  std::optional<std::uint64_t> file_offset(std::uint64_t address) const {
    for (const CodeSegment& segment : segments) {
      if (address >= segment.address && address - segment.address < segment.bytes.size())
        return address - segment.address + segment.file_offset;
    }
    return std::nullopt;
  }
  // The piece that `address` is in; null where none is known to be.
  const Extent* piece_at(std::uint64_t address) const {
    const auto behind = std::upper_bound(
        pieces.begin(), pieces.end(), address,
        [](std::uint64_t wanted, const Extent& piece) { return wanted < piece.address; });
    if (behind == pieces.begin()) return nullptr;
    const Extent& piece = *std::prev(behind);
    return address - piece.address < piece.bytes ? &piece : nullptr;
  }
};

}  // namespace pgrec

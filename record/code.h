// The executable bytes of a binary, found by virtual address.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "format/bytes.h"

namespace pgrec {

struct CodeSegment {
  std::uint64_t address = 0;      // virtual, of the first byte
  std::uint64_t file_offset = 0;  // bytes
  Bytes bytes;
};

struct Code {
  std::vector<CodeSegment> segments;

  // The bytes from `address` to the end of its segment, valid as long as this is unchanged. Empty
  // where there is no code.
  ByteView at(std::uint64_t address) const {
    for (const CodeSegment& segment : segments) {
      if (address >= segment.address && address - segment.address < segment.bytes.size())
        return ByteView(segment.bytes).subspan(address - segment.address);
    }
    return {};
  }
};

}  // namespace pgrec

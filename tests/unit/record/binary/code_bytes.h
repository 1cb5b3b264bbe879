// Pieces of machine code of x86-64, put together byte by byte.
#pragma once

#include "format/frame/bytes.h"

namespace pgrec {

// Where the code of a test begins.
inline constexpr std::uint64_t kText = 0x1000;

inline const Bytes kReturnBytes = {0xc3};

inline Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace pgrec

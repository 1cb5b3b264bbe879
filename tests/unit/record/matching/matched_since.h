// When the traces of the tests of record/matching/ begin.
#pragma once

#include <cstdint>

namespace pgrec {

inline constexpr std::uint64_t kBegin = 5000;  // ns

}  // namespace pgrec

// Conditions of a scan as ranges of numbers.
#pragma once

#include <cstdint>
#include <limits>
#include <variant>

#include "analyze/calls/call_rows.h"
#include "analyze/sql/relation.h"

namespace pgrec {

// What an INTEGER column's bound leaves of the numbers; maybe nothing.
inline NumberRange range_of(const Bound& bound) {
  NumberRange range;
  const std::int64_t number = std::get<std::int64_t>(bound.value);
  switch (bound.compare) {
    case Compare::kEqual:
      range.from = range.to = number;
      break;
    case Compare::kLess:
      if (number == range.from) return {1, 0};
      range.to = number - 1;
      break;
    case Compare::kLessEqual:
      range.to = number;
      break;
    case Compare::kGreater:
      if (number == range.to) return {1, 0};
      range.from = number + 1;
      break;
    case Compare::kGreaterEqual:
      range.from = number;
      break;
  }
  return range;
}

}  // namespace pgrec

// What has no order of its own, to compare it.
#pragma once

#include <algorithm>

namespace pgrec::test {

template <typename Values>
Values sorted(Values values) {
  std::sort(values.begin(), values.end());
  return values;
}

}  // namespace pgrec::test

#include "analyze/sql/number_list.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pgrec {
namespace {

bool is_less(double real, std::int64_t integer) {
  constexpr double kEnd = 9223372036854775808.0;
  if (real < -kEnd) return true;
  if (real >= kEnd) return false;
  const double below = std::floor(real);
  return static_cast<std::int64_t>(below) < integer;
}

template <typename Value>
Value select(std::vector<Value>& values, std::uint64_t rank) {
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(rank - 1);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

}  // namespace

std::uint64_t nearest_rank(std::uint64_t count, double percent) {
  const double exact = percent * static_cast<double>(count) / 100;
  const double nearest = std::round(exact);
  // 99.9 as a double is a little more than 99.9.
  const bool is_whole =
      std::abs(exact - nearest) <= 4 * std::numeric_limits<double>::epsilon() * exact;
  const double rank = is_whole ? nearest : std::ceil(exact);
  return std::clamp<std::uint64_t>(static_cast<std::uint64_t>(rank), 1, count);
}

std::variant<std::int64_t, double> NumberList::at_rank(std::uint64_t rank) {
  if (reals_.empty()) return select(integers_, rank);
  if (integers_.empty()) return select(reals_, rank);
  std::sort(integers_.begin(), integers_.end());
  std::sort(reals_.begin(), reals_.end());
  auto integer = integers_.begin();
  auto real = reals_.begin();
  for (;; --rank) {
    const bool takes_real =
        integer == integers_.end() || (real != reals_.end() && is_less(*real, *integer));
    if (rank == 1) {
      if (takes_real) return *real;
      return *integer;
    }
    takes_real ? void(++real) : void(++integer);
  }
}

}  // namespace pgrec

// Numbers of a group, INTEGERs and REALs, of which one is asked for by its rank.
#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

namespace pgrec {

// The rank, from 1, of the smallest of `count` values that at least `percent` of them do not
// exceed; 1 of 0 percent. `percent` is as people write it: 99.9 of 1,000 is 999. `count` is not 0.
std::uint64_t nearest_rank(std::uint64_t count, double percent);

class NumberList {
 public:
  void add(std::int64_t value) { integers_.push_back(value); }
  void add(double value) { reals_.push_back(value); }  // not NaN

  std::size_t size() const { return integers_.size() + reals_.size(); }
  // The value of that rank, from 1 to size(), the smallest first. INTEGERs and REALs are compared
  // exactly; of equals the INTEGER is first. Changes the order of what is held.
  std::variant<std::int64_t, double> at_rank(std::uint64_t rank);

 private:
  std::vector<std::int64_t> integers_;
  std::vector<double> reals_;
};

}  // namespace pgrec

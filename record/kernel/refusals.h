// Which probes the kernel refuses, and why.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace pgrec {

// For each probe that was to be attached, in their order: nothing on success, else the reason.
using Refusals = std::vector<std::optional<std::string>>;

// Why the kernel takes no probe in a function. `error` is an errno.
std::string refusal_reason(int error);

// Whether by this errno the kernel does not take one of several probes, and not for want of
// something that all need.
bool is_of_one(int error);

// Attaches `count` probes together, without those that the kernel refuses. `attach(first, last)`
// attaches those from `first` to before `last` and returns 0, or attaches none of them and returns
// errno. Returns the errno of each; 0 where it is attached.
//
// The kernel refuses all probes of a link for one of them and does not say which, so halves are
// tried, where it is one of them that it does not take: 1 + 2 log2(count) tries for one. Of four
// probes whose last is refused these are tried: 0 to 3, 0 and 1, 2 and 3, 2, 3.
template <typename Attach>
std::vector<int> attach_by_halves(std::size_t count, Attach attach) {
  std::vector<int> errors(count);
  std::vector<std::pair<std::size_t, std::size_t>> ranges;  // left to be tried, the last one next
  if (count > 0) ranges.emplace_back(0, count);
  while (!ranges.empty()) {
    const auto [first, last] = ranges.back();
    ranges.pop_back();
    const int error = attach(first, last);
    if (error == 0) continue;
    if (last - first > 1 && is_of_one(error)) {
      const std::size_t middle = first + (last - first) / 2;
      ranges.emplace_back(middle, last);
      ranges.emplace_back(first, middle);
    } else {
      std::fill_n(errors.begin() + static_cast<std::ptrdiff_t>(first), last - first, error);
    }
  }
  return errors;
}

}  // namespace pgrec

#include "format/print/nearest.h"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <optional>

namespace pgrec {
namespace {

bool same_letter(char a, char b) {
  return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b));
}

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(last.begin(), last.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = same_letter(a[i - 1], b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      const bool swapped =
          i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) && same_letter(a[i - 2], b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

bool starts_with(std::string_view text, std::string_view start) {
  return text.size() >= start.size() &&
         std::equal(start.begin(), start.end(), text.begin(), same_letter);
}

}  // namespace

std::vector<std::string> nearest(std::string_view wanted, const std::vector<std::string>& names,
                                 std::size_t most) {
  struct Candidate {
    std::size_t cost;
    std::string name;
    auto operator<=>(const Candidate&) const = default;
  };
  const std::size_t limit = std::max<std::size_t>(1, wanted.size() / 3);
  std::vector<Candidate> candidates;
  for (const std::string& name : names) {
    const std::size_t longer = std::max(name.size(), wanted.size());
    const std::size_t shorter = std::min(name.size(), wanted.size());
    if (wanted.size() >= 3 && starts_with(name, wanted)) {
      candidates.push_back({1, name});
    } else if (longer - shorter <= limit) {
      const std::size_t cost = distance(wanted, name);
      if (cost <= limit) candidates.push_back({cost, name});
    }
  }
  std::sort(candidates.begin(), candidates.end());
  std::vector<std::string> found;
  for (const Candidate& candidate : candidates) {
    if (found.size() == most) break;
    if (found.empty() || found.back() != candidate.name) found.push_back(candidate.name);
  }
  return found;
}

}  // namespace pgrec

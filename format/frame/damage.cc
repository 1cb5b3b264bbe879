#include "format/frame/damage.h"

#include <algorithm>
#include <utility>

namespace pgrec {

void Damages::add(Damage damage, std::uint64_t file_bytes) {
  const auto earlier = [](const Damage& a, const Damage& b) {
    return a.offset != b.offset ? a.offset < b.offset : a.bytes < b.bytes;
  };
  if (all_.size() > kListed) return;
  const auto [from, to] = std::equal_range(all_.begin(), all_.end(), damage, earlier);
  if (std::find(from, to, damage) != to) return;
  if (all_.size() == kListed) {
    all_.push_back({damage.offset, file_bytes - damage.offset, "more damage than is listed"});
    return;
  }
  all_.insert(to, std::move(damage));
}

}  // namespace pgrec

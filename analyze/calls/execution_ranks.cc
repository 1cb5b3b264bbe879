#include "analyze/calls/execution_ranks.h"

#include <bit>

namespace pgrec {
namespace {

// Slots of all values that are looked for, of a thread.
constexpr std::size_t kMostSlots = 1u << 20;
constexpr unsigned kMostSlotBits = 12, kLeastSlotBits = 4;

}  // namespace

RankSearch::RankSearch(const GroupFigures& figures) : groups_(figures.size()) {
  const std::size_t targets = std::max<std::size_t>(groups_.size() * Targets{}.size(), 1);
  const auto bits = static_cast<unsigned>(std::bit_width(kMostSlots / targets | 1)) - 1;
  slot_bits_ = std::clamp(bits, kLeastSlotBits, kMostSlotBits);
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    const ExecutionFigures& of_group = figures.of(group);
    for (std::size_t i = 0; of_group.timed > 0 && i < groups_[group].size(); ++i) {
      const std::uint64_t rank =
          percentile_rank(of_group.timed, ExecutionPercentiles::kPercents[i]);
      const auto position = of_group.durations.position(rank);
      Target& target = groups_[group][i];
      target.from = LogHistogram::from_ns(position.row);
      target.bits = static_cast<unsigned>(std::bit_width(LogHistogram::width_ns(position.row))) - 1;
      target.rank = rank - position.before;
      if (target.bits == 0) continue;
      ++open_;
      cut(target);
    }
  }
}

void RankSearch::cut(Target& target) const {
  const unsigned bits = std::min(target.bits, slot_bits_);
  target.slot_bits = target.bits - bits;
  target.slots.assign(std::size_t{1} << bits, 0);
}

void RankSearch::add(std::size_t group, Duration duration) {
  if (group >= groups_.size()) return;
  const std::uint64_t ns = histogram_ns(duration);
  for (Target& target : groups_[group]) {
    if (target.slots.empty() || ns < target.from) continue;
    const std::uint64_t slot = (ns - target.from) >> target.slot_bits;
    if (slot < target.slots.size()) ++target.slots[slot];
  }
}

void RankSearch::merge(const RankSearch& other) {
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    for (std::size_t i = 0; i < groups_[group].size(); ++i) {
      Target& target = groups_[group][i];
      for (std::size_t s = 0; s < target.slots.size(); ++s)
        target.slots[s] += other.groups_[group][i].slots[s];
    }
  }
}

void RankSearch::narrow() {
  for (Targets& targets : groups_) {
    for (Target& target : targets) {
      if (target.slots.empty()) continue;
      std::size_t slot = 0;
      while (slot + 1 < target.slots.size() && target.rank > target.slots[slot])
        target.rank -= target.slots[slot++];
      target.from += std::uint64_t{slot} << target.slot_bits;
      target.bits = target.slot_bits;
      target.slots.clear();
      if (target.bits > 0) {
        cut(target);
      } else {
        --open_;
      }
    }
  }
}

std::vector<ExecutionPercentiles> RankSearch::found() const {
  std::vector<ExecutionPercentiles> found(groups_.size());
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    for (std::size_t i = 0; i < found[group].values.size(); ++i)
      found[group].values[i] = Duration(static_cast<std::int64_t>(groups_[group][i].from));
  }
  return found;
}

}  // namespace pgrec

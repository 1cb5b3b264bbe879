#include "analyze/calls/percentile_search.h"

#include <algorithm>
#include <bit>

#include "analyze/calls/call_sums.h"

namespace pgrec {
namespace {

constexpr std::size_t kAllSlots = 4u << 20;  // of all threads together: 32 MB
constexpr unsigned kMostSlotBits = 20;       // of one target

}  // namespace

// Counts the calls of each target's range: a sum for analyze/calls/call_sums.h.
class PercentileSearch::Counts {
 public:
  Counts(CallSplit& split, const std::map<ProfileGroup, Targets>& groups)
      : split_(split), cursor_(split), all_groups_(groups) {
    for (const auto& [group, targets] : groups) {
      auto& functions = functions_[group.split];
      if (functions.size() <= value(group.function)) functions.resize(value(group.function) + 1);
      functions[value(group.function)] = &targets;
    }
  }
  Counts(const Counts& empty) : Counts(empty.split_, empty.all_groups_) {
    for (const auto& [group, targets] : all_groups_) {
      for (const auto& target : targets) {
        if (slots.size() <= target->number) slots.resize(target->number + 1);
        slots[target->number].resize(std::size_t{1} << (target->width_bits - target->slot_bits));
      }
    }
  }
  Counts(Counts&&) = default;

  void process(const TraceSet::File& file, const ThreadKey& key) {
    cursor_.process(file, key);
    of_number_ = nullptr;
    if (cursor_.is_fixed()) use(cursor_.at({}, kNoExecution));
  }
  void call_begun(FunctionId /*function*/, Timestamp /*begun*/, ExecutionId /*execution*/) {}
  [[gnu::always_inline]] void call_ended(const EndedCall& call) {
    if (!call.returned()) return;
    const OpenCall& opened = call.opened();
    if (!cursor_.is_fixed()) use(cursor_.at(opened.entered, opened.execution));
    const std::size_t function = value(opened.function);
    if (function >= of_number_->size() || !(*of_number_)[function]) return;
    const auto ns = static_cast<std::uint64_t>(call.duration().count());
    for (const auto& target : *(*of_number_)[function]) {
      const std::uint64_t above = ns - target->from_ns;
      if (above >> target->width_bits == 0) ++slots[target->number][above >> target->slot_bits];
    }
  }
  void merge(const Counts& other) {
    for (std::size_t i = 0; i < slots.size(); ++i) {
      for (std::size_t slot = 0; slot < slots[i].size(); ++slot)
        slots[i][slot] += other.slots[i][slot];
    }
  }
  void clear() {
    for (Slots& of_target : slots)
      std::fill(of_target.begin(), of_target.end(), 0);
  }

  std::vector<Slots> slots;  // by number of the target; none in the sum that others are copied from

 private:
  using Functions = std::vector<const Targets*>;

  void use(std::uint32_t number) {
    if (of_number_ && number == number_) return;
    number_ = number;
    const auto own = functions_.find(number);
    of_number_ = own == functions_.end() ? &none_ : &own->second;
  }

  static inline const Functions none_;
  CallSplit& split_;
  SplitCursor cursor_;
  const std::map<ProfileGroup, Targets>& all_groups_;
  std::map<std::uint32_t, Functions> functions_;  // by number of the split
  std::uint32_t number_ = 0;
  const Functions* of_number_ = nullptr;
};

void PercentileSearch::add(const ProfileGroup& group, const LogHistogram& durations,
                           std::uint64_t rank, Duration& found, bool& exact) {
  if (rank == 0) return;
  const LogHistogram::Position position = durations.position(rank);
  auto target = std::make_unique<Target>();
  target->from_ns = LogHistogram::from_ns(position.row);
  target->width_bits =
      static_cast<unsigned>(std::countr_zero(LogHistogram::width_ns(position.row)));
  target->rank = rank - position.before;
  target->in_range = durations.count(position.row);
  target->found = &found;
  target->exact = &exact;
  if (target->rank > target->in_range) {
    exact = false;  // the summary contradicts itself
  } else if (target->width_bits > 0) {
    groups_[group].push_back(std::move(target));
  } else {
    found = Duration(static_cast<std::int64_t>(target->from_ns));
  }
}

// So many slots, as a power of two, that all targets together have at most `slots`; a target has no
// more than values.
unsigned PercentileSearch::most_slot_bits(std::size_t slots) const {
  for (unsigned bits = kMostSlotBits; bits > 1; --bits) {
    std::size_t needed = 0;
    for (const auto& [group, of_group] : groups_) {
      for (const auto& target : of_group)
        needed += std::size_t{1} << std::min(target->width_bits, bits);
    }
    if (needed <= slots) return bits;
  }
  return 1;
}

void PercentileSearch::begin_pass(Target& target, unsigned most_bits) {
  target.slot_bits = target.width_bits > most_bits ? target.width_bits - most_bits : 0;
}

// Narrows the range to one slot. False when the target is done with.
bool PercentileSearch::end_pass(Target& target, const Slots& slots) {
  std::uint64_t counted = 0;
  for (const std::uint64_t calls : slots)
    counted += calls;
  if (counted != target.in_range) {
    *target.exact = false;
    return false;
  }
  std::size_t slot = 0;
  while (target.rank > slots[slot])
    target.rank -= slots[slot++];
  target.in_range = slots[slot];
  target.from_ns += std::uint64_t{slot} << target.slot_bits;
  target.width_bits = target.slot_bits;
  if (target.width_bits > 0) return true;
  *target.found = Duration(static_cast<std::int64_t>(target.from_ns));
  return false;
}

void PercentileSearch::run(TraceSet& set, const CallSelection& selection,
                           const PassOptions& options) {
  const std::size_t threads = std::max(options.threads, 1u);
  while (!groups_.empty()) {
    const unsigned slot_bits = most_slot_bits(kAllSlots / threads);
    std::size_t number = 0;
    for (auto& [group, of_group] : groups_) {
      for (const auto& target : of_group) {
        target->number = number++;
        begin_pass(*target, slot_bits);
      }
    }
    // What is counted of a chunk that turns out to be bad shows in end_pass().
    const Counts counts = sum_calls_with_faults(set, selection, Counts(split_, groups_), options);
    for (auto it = groups_.begin(); it != groups_.end();) {
      std::erase_if(it->second, [&](const auto& target) {
        return !end_pass(*target, counts.slots[target->number]);
      });
      it = it->second.empty() ? groups_.erase(it) : std::next(it);
    }
  }
}

}  // namespace pgrec

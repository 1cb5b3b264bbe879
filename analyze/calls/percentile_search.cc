#include "analyze/calls/percentile_search.h"

#include <algorithm>
#include <bit>

namespace pgrec {
namespace {

constexpr std::size_t kMostSlots = 4096;  // of one target: 32 KB
constexpr std::size_t kAllSlots = 4u << 20;

}  // namespace

// Counts the calls of each target's range.
class PercentileSearch::Pass {
 public:
  Pass(std::map<ProfileGroup, Targets>& groups, const ProcessLives& lives) : lives_(lives) {
    for (auto& [group, targets] : groups) {
      auto& functions = processes_[{group.pid, group.process}];
      if (functions.size() <= value(group.function)) functions.resize(value(group.function) + 1);
      functions[value(group.function)] = &targets;
    }
    if (const auto all = processes_.find({0, 0}); all != processes_.end()) all_ = &all->second;
  }

  void chunk(const ChunkHeader& header, const Columns& /*columns*/) { ids_ = header.ids; }
  void thread(const ThreadKey& key, ThreadState&& opening) {
    key_ = key;
    state_ = std::move(opening);
    functions_ = all_;
    if (all_) return;
    several_ = lives_.several(key.pid);
    if (!several_) functions_ = of_process(0);
  }
  [[gnu::always_inline]] bool event(const Event& event) {
    return replay(event, key_, state_, ids_, *this);
  }

  [[gnu::always_inline]] void call_ended(const EndedCall& call) {
    if (several_) look_at_process(call.opened().entered);
    const std::size_t function = value(call.opened().function);
    if (!call.returned() || function >= functions_->size() || !(*functions_)[function]) return;
    const auto ns = static_cast<std::uint64_t>(call.duration().count());
    for (const auto& target : *(*functions_)[function]) {
      const std::uint64_t above = ns - target->from_ns;
      if (above >> target->width_bits == 0) ++target->slots[above >> target->slot_bits];
    }
  }
  void call_ended(const Call& /*call*/) {}
  void execution_ended(const Execution& /*execution*/) {}

 private:
  using Functions = std::vector<Targets*>;

  const Functions* of_process(std::int64_t process) const {
    const auto own = processes_.find({key_.pid, process});
    return own == processes_.end() ? &none_ : &own->second;
  }
  void look_at_process(Timestamp at) {
    const ProcessLives::Life* const life = lives_.at(key_.pid, at);
    functions_ = of_process(life ? life->process_id : 0);
  }

  const ProcessLives& lives_;
  std::map<std::pair<std::uint32_t, std::int64_t>, Functions> processes_;  // by pid and process
  bool several_ = false;  // processes had the thread's pid
  const Functions* all_ = nullptr;
  const Functions* functions_ = nullptr;
  const Functions none_;
  NextIds ids_;
  ThreadKey key_;
  ThreadState state_;
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

void PercentileSearch::begin_pass(Target& target, std::size_t slots) const {
  const auto bits = static_cast<unsigned>(std::bit_width(slots)) - 1;
  target.slot_bits = target.width_bits > bits ? target.width_bits - bits : 0;
  target.slots.assign(std::size_t{1} << (target.width_bits - target.slot_bits), 0);
}

// Narrows the range to one slot. False when the target is done with.
bool PercentileSearch::end_pass(Target& target) {
  std::uint64_t counted = 0;
  for (const std::uint64_t calls : target.slots)
    counted += calls;
  if (counted != target.in_range) {
    *target.exact = false;
    return false;
  }
  std::size_t slot = 0;
  while (target.rank > target.slots[slot])
    target.rank -= target.slots[slot++];
  target.in_range = target.slots[slot];
  target.from_ns += std::uint64_t{slot} << target.slot_bits;
  target.width_bits = target.slot_bits;
  if (target.width_bits > 0) return true;
  *target.found = Duration(static_cast<std::int64_t>(target.from_ns));
  return false;
}

void PercentileSearch::run(TraceReader& trace) {
  while (!groups_.empty()) {
    std::size_t targets = 0;
    for (const auto& [group, of_group] : groups_)
      targets += of_group.size();
    const std::size_t slots = std::clamp<std::size_t>(kAllSlots / targets, 2, kMostSlots);
    for (auto& [group, of_group] : groups_) {
      for (const auto& target : of_group)
        begin_pass(*target, slots);
    }
    Pass pass(groups_, processes_);
    // What is counted of a chunk that turns out to be bad shows in end_pass().
    for (const ChunkRef& chunk : trace.chunks())
      trace.decode_chunk_at(chunk, pass);
    for (auto it = groups_.begin(); it != groups_.end();) {
      std::erase_if(it->second, [](const auto& target) { return !end_pass(*target); });
      it = it->second.empty() ? groups_.erase(it) : std::next(it);
    }
  }
}

}  // namespace pgrec

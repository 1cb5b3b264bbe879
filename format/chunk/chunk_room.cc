#include "format/chunk/chunk_room.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace pgrec {

void ChunkRoom::count(const Event& event, FunctionId function) {
  if (lost_.empty() && !lost_others_) from_ = to_ = event.ts;
  from_ = std::min(from_, event.ts);
  to_ = std::max(to_, event.ts);
  if (!fired(event.kind)) {
    lost_others_ = lost_others_ || !ends_call(event.kind);
    return;
  }
  ++lost_[function];
  if (value(function) >= all_.size()) all_.resize(value(function) + 1);
  ++all_[value(function)];
}

// Of a thread of which a call is left out, so are those inside it.
bool ChunkRoom::is_left_out(const Event& event, Thread& thread) {
  if (event.kind == EventKind::kEnter) {
    if (!thread.whole && thread.calls.empty() && open_calls_ < most_calls_) {
      ++open_calls_;
      return false;
    }
    thread.calls.push_back(event.function);
    count(event, event.function);
    return true;
  }
  if (ends_call(event.kind)) {
    if (thread.calls.empty()) {
      --open_calls_;
      return false;
    }
    count(event, thread.calls.back());
    thread.calls.pop_back();
    return true;
  }
  if (!thread.whole) return false;
  if (event.kind != EventKind::kOfClass && event.kind != EventKind::kHeadless)
    thread.executing = event.kind == EventKind::kExecutionBegin;
  count(event, event.function);
  return true;
}

ChunkRoom::Stretch ChunkRoom::keep(const ThreadKey& thread, const Stretch& stretch, bool has_room,
                                   const std::function<std::uint64_t()>& open_calls) {
  if (has_room && threads_.empty() && open_calls_ + stretch.events.size() <= most_calls_) {
    open_calls_ += stretch.events.size();
    is_exact_ = false;
    return stretch;
  }
  if (!is_exact_) set_open_calls(open_calls());
  const auto [place, is_new] = threads_.try_emplace(thread);
  Thread& state = place->second;
  if (is_new) state.whole = !has_room;
  kept_.clear();
  for (const Event& event : stretch.events) {
    if (!is_left_out(event, state)) kept_.push_back(event);
  }
  const bool whole = state.whole;
  if (state.done()) threads_.erase(place);
  return {kept_, whole ? std::span<ArgumentValues>{} : stretch.arguments};
}

std::vector<Loss> ChunkRoom::take_losses() {
  std::vector<Loss> losses;
  for (const auto& [function, events] : lost_)
    losses.push_back({from_, to_, layout::kFormatBound, function, std::nullopt, events});
  if (lost_others_) {
    losses.push_back({from_, to_, layout::kFormatBound, std::nullopt, std::nullopt, 0});
  }
  lost_.clear();
  lost_others_ = false;
  return losses;
}

}  // namespace pgrec

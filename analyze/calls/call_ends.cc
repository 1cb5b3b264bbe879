#include "analyze/calls/call_ends.h"

#include <algorithm>

namespace pgrec {
namespace {

// Some ten megabytes.
constexpr std::size_t kMostHeldCalls = 1u << 17;
constexpr std::size_t kMostHeldChunks = 512;

const Call* find_in(const std::vector<Call>& calls, CallId id) {
  const auto found = std::lower_bound(calls.begin(), calls.end(), id,
                                      [](const Call& call, CallId of) { return call.id < of; });
  return found == calls.end() || found->id != id ? nullptr : &*found;
}

}  // namespace

void CallEnds::hold(std::size_t chunk, std::vector<Call> carried) {
  const auto known = held_.find(chunk);
  if (known != held_.end()) return;
  held_calls_ += carried.size();
  held_[chunk] = {std::move(carried), ++uses_};
  while (held_.size() > 1 && (held_calls_ > kMostHeldCalls || held_.size() > kMostHeldChunks)) {
    const auto oldest = std::min_element(
        held_.begin(), held_.end(),
        [](const auto& a, const auto& b) { return a.second.used < b.second.used; });
    held_calls_ -= oldest->second.calls.size();
    held_.erase(oldest);
  }
}

const std::vector<Call>* CallEnds::carried(std::size_t chunk) {
  if (unreadable_.contains(chunk)) return nullptr;
  auto known = held_.find(chunk);
  if (known == held_.end()) {
    auto read = read_(chunk);
    if (!read) {
      unreadable_.insert(chunk);
      return nullptr;
    }
    hold(chunk, std::move(*read));
    known = held_.find(chunk);
  }
  known->second.used = ++uses_;
  return &known->second.calls;
}

std::size_t CallEnds::readable(std::size_t chunk, std::size_t end) {
  while (chunk < end && !carried(chunk))
    ++chunk;
  return std::min(chunk, end);
}

Call CallEnds::find(std::size_t chunk, CallId id) {
  const std::size_t end = chunks_.end_of_file(chunk);
  std::size_t open_in = chunk;  // at whose end it is open
  std::size_t gone_in = end;    // which does not know it, nor any behind it
  Call call;
  // 0: it ended there, and is in `call`; 1: it goes on; -1: it is not known.
  const auto look = [&](std::size_t at) {
    const Call* const found = find_in(*carried(at), id);
    if (!found) return -1;
    call = *found;
    return found->outcome == Outcome::kOpen ? 1 : 0;
  };
  for (std::size_t step = 1; open_in + step < gone_in; step *= 2) {
    const std::size_t at = readable(open_in + step, gone_in);
    if (at == gone_in) {
      gone_in = open_in + step;
      break;
    }
    const int said = look(at);
    if (said == 0) return call;
    if (said < 0) {
      gone_in = open_in + step;
      break;
    }
    open_in = at;
  }
  while (gone_in - open_in > 1) {
    const std::size_t middle = open_in + (gone_in - open_in) / 2;
    const std::size_t at = readable(middle, gone_in);
    const int said = at == gone_in ? -1 : look(at);
    if (said == 0) return call;
    if (said < 0)
      gone_in = middle;
    else
      open_in = at;
  }
  call = {};
  call.id = id;
  const bool is_last = readable(open_in + 1, end) == end;
  TraceReader::LastChunk last;
  last.read(chunks_[open_in].chunk);
  if (!is_last || chunks_[open_in].file->reader.may_miss_chunk_after(last))
    call.outcome = Outcome::kExitLost;
  return call;
}

std::vector<Call> CallEnds::lost_begins(std::size_t chunk, CallId from, CallId to) {
  const std::size_t end = chunks_.end_of_file(chunk);
  const std::size_t at = readable(chunk, end);
  std::vector<Call> lost;
  if (at == end) return lost;
  for (const Call& call : *carried(at)) {
    if (call.id >= from && call.id < to) lost.push_back(call);
  }
  for (Call& call : lost) {
    if (call.outcome != Outcome::kOpen) continue;
    const Call ended = find(at, call.id);
    if (ended.outcome == Outcome::kOpen) continue;
    const Call open = std::exchange(call, ended);
    call.function = open.function;
    call.thread = open.thread;
    call.begun = open.begun;
    call.depth = open.depth;
    call.parent = open.parent;
    call.execution = open.execution;
  }
  return lost;
}

}  // namespace pgrec

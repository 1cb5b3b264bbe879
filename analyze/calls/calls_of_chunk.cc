#include "analyze/calls/calls_of_chunk.h"

#include <algorithm>

namespace pgrec {
namespace {

bool overlap(const NumberRange& range, std::int64_t from, std::int64_t to) {
  return range.from <= to && range.to >= from;
}

}  // namespace

std::uint64_t CallWish::function_mask(const TraceSet::File& file) const {
  if (functions.empty() || other_functions) return ~std::uint64_t{0};
  std::uint64_t mask = 0;
  const std::size_t own = file.is_set ? functions.size() : file.functions.size();
  for (std::uint32_t id = 0; id < own; ++id) {
    if (has_function(value(function_in_set(file, FunctionId{id})))) mask |= mask_bit(id);
  }
  // Those that no table names.
  for (std::size_t id = file.unnamed_functions; !file.is_set && id < functions.size(); ++id) {
    if (functions[id]) mask |= mask_bit(static_cast<std::uint32_t>(id - file.unnamed_functions));
  }
  return mask;
}

bool CallWish::may_be_in(const TraceSet::File& file, const ChunkHeader& header,
                         std::uint64_t function_mask) const {
  if ((header.functions & function_mask) == 0) return false;
  if (pids.from == pids.to && pids.from >= 0 && pids.from <= UINT32_MAX &&
      !(header.processes & mask_bit(static_cast<std::uint32_t>(pids.from)))) {
    return false;
  }
  const auto id = static_cast<std::int64_t>(value(call_in_set(file, header.ids.call)));
  const std::int64_t first = to_ns(header.first + file.shift);
  const std::int64_t last = to_ns(header.last + file.shift);
  if (where_they_end)
    return begun.from <= last && ids.from < id + header.calls &&
           durations.from <= header.longest.count();
  return header.calls > 0 && overlap(begun, first, last) && overlap(ids, id, id + header.calls - 1);
}

void CallVisitor::begin(const TraceSet::File& file, CallsOfChunk& into) {
  file_ = &file;
  into_ = &into;
  self_known_ = self_known_by_file_[file.number] != 0;
  all_in_range_ = wish_.ids.is_all() && wish_.begun.is_all() && wish_.depths.is_all();
  key_ = {};
  state_ = {};
  slots_.clear();
}

void CallVisitor::chunk(const ChunkHeader& header, const Columns& /*columns*/) {
  ids_ = header.ids;
  if (wish_.none || wish_.where_they_end) return;
  into_->rows.reserve(wish_.functions.empty() ? header.calls : header.calls / 16);
}

void CallVisitor::thread(const ThreadKey& key, ThreadState&& opening) {
  end_thread();
  key_ = key;
  state_ = std::move(opening);
  const bool is_wanted = !wish_.none && wish_.pids.has(key.pid) && wish_.tids.has(key.tid);
  is_wanted_thread_ = is_wanted && !wish_.where_they_end;
  ends_wanted_ = is_wanted && wish_.where_they_end;
  set_execution();
  slots_.clear();
  for (std::size_t depth = 0; depth < state_.calls.size(); ++depth) {
    slots_.push_back(kNoSlot - 1 - static_cast<std::int32_t>(into_->carried.size()));
    into_->carried.push_back(open_call(key_, state_, depth));
  }
}

void CallVisitor::set_execution() {
  shown_ = state_.execution ? executions_.shown(*file_, state_.execution->id) : kNoExecution;
}

void CallVisitor::carried_ended(std::int32_t slot, const EndedCall& ended) {
  into_->carried[static_cast<std::size_t>(kNoSlot - 1 - slot)] = ended;
}

void CallVisitor::add_ended(const EndedCall& call) {
  const OpenCall& opened = call.opened();
  if (!wish_.has_function(value(opened.function)) ||
      !is_in_range(opened.id, opened.entered, call.depth()) ||
      !wish_.durations.has(call.duration().count())) {
    return;
  }
  const CallId parent = call.depth() > 0 ? state_.calls[call.depth() - 1].id : CallId{};
  const std::size_t row =
      into_->rows.add(opened.id, opened.function, key_, opened.entered, call.depth(), parent,
                      executions_.shown(*file_, opened.execution));
  into_->rows.end_returned(row, call.duration(), call.self(), self_known_);
}

void CallVisitor::call_ended(const Call& headless) {
  if (!is_wanted_thread_ || !wish_.has_function(value(headless.function)) ||
      !is_in_range(headless.id, headless.begun, headless.depth)) {
    return;
  }
  Call call = headless;
  if (call.execution) call.execution = shown_;
  into_->rows.add(call, self_known_);
}

void CallVisitor::end_thread() {
  for (const std::int32_t slot : slots_) {
    if (slot >= 0) into_->open.push_back(static_cast<std::uint32_t>(slot));
  }
  slots_.clear();
  if (state_.execution) into_->running.emplace_back(state_.execution->id, key_.pid);
  state_ = {};
}

void CallVisitor::end() {
  end_thread();
  std::sort(into_->carried.begin(), into_->carried.end(),
            [](const Call& a, const Call& b) { return a.id < b.id; });
  if (wish_.sorted) into_->rows.sort_by_begin(into_->open);
}

std::unique_ptr<ChunkResult> CallWorker::work(const ChunkJob& job) {
  auto result = std::make_unique<CallsOfChunk>();
  result->rows = CallRows(wish_.fields);
  visitor_.begin(*job.file, *result);
  if (!decode_in_set(*job.file, job.payload, decoder_, visitor_)) return nullptr;
  visitor_.end();
  return result;
}

}  // namespace pgrec

#include "analyze/calls/execution_joiner.h"

#include <algorithm>
#include <iterator>

namespace pgrec {
namespace {

FunctionSum& sum_of(std::vector<FunctionSum>& sums, FunctionId function) {
  for (FunctionSum& sum : sums) {
    if (sum.function == function) return sum;
  }
  FunctionSum& sum = sums.emplace_back();
  sum.function = function;
  return sum;
}

}  // namespace

const ExecutionFactReader& ExecutionJoiner::facts_of(const TraceSet::File& file) {
  auto& known = facts_[file.number];
  if (!known) known = std::make_unique<ExecutionFactReader>(file.reader.classes());
  return *known;
}

void ExecutionJoiner::take(const TraceSet::File& file, ExecutionsOfChunk& chunk, bool whole_too) {
  ++chunks_;
  for (std::size_t i = 0; i < chunk.used; ++i) {
    ExecutionPiece& piece = chunk.pieces[i];
    if (!piece.is_whole()) {
      add(file, piece);
    } else if (whole_too) {
      hand_on(piece.record, piece.sums);
    }
  }
  // Every thread with something open is listed: what is not has ended in what cannot be read, of
  // which nothing may be left to tell that it was a chunk.
  if (may_have_missed()) {
    for (auto open = open_.begin(); open != open_.end();)
      open = open->second.seen == chunks_ ? std::next(open) : end(open);
  }
  after_damage_ = false;
  is_in_file_ = true;
  take_idle(file, chunk);
  for (ErrorRecord& error : chunk.errors) {
    if (error.execution) error.execution = set_.joined(file, *error.execution);
    if (query_.range.has(error.at)) sink_.error(error);
  }
  sink_.chunk_taken();
}

void ExecutionJoiner::add(const TraceSet::File& file, ExecutionPiece& piece) {
  const ExecutionId id = set_.joined(file, piece.record.id);
  // One that began and ended in what cannot be read, of which calls go on, is not known.
  if (!piece.begins && !piece.runs && !open_.contains(id)) return;
  const auto [place, is_new] = open_.try_emplace(id);
  Open& open = place->second;
  open.seen = chunks_;
  if (is_new) {
    open.record = piece.record;
    open.record.id = id;
    open.record.functions = {};
    open.is_wanted = query_.range.has(open.record.begun);
    if (open.is_wanted) ++wanted_open_;
  }
  // Each part tells for how long it had run when that began; the first one counts.
  const auto running_ns = open.record.facts.running_ns;
  for (const auto& [event, arguments] : piece.events)
    facts_of(file).add(event, arguments, open.record.facts);
  if (!is_new) open.record.facts.running_ns = running_ns;
  if (!piece.begins && !piece.runs && !open.ended) open.ended = open.record.end_lost = true;
  if (may_have_missed()) count_open_calls(open, piece.opening_calls);
  open.calls = std::move(piece.closing_calls);
  for (const FunctionSum& sum : piece.sums)
    sum_of(open.sums, sum.function).add(sum);
  if (piece.ends) {
    open.ended = true;
    open.record.end_lost = piece.record.end_lost;
    if (!piece.record.end_lost && piece.record.duration)
      open.record.duration = piece.record.begun + *piece.record.duration - open.record.begun;
  }
  if (piece.goes_on) return;
  if (open.ended) {
    hand_on(open.record, open.sums);
    if (open.is_wanted) --wanted_open_;
    open_.erase(place);
  }
}

void ExecutionJoiner::count_open_calls(
    Open& open, const std::vector<std::pair<CallId, FunctionId>>& still) const {
  if (open.calls == still) return open.calls.clear();
  for (const auto& call : open.calls) {
    if (!query_.wants.function_times || std::find(still.begin(), still.end(), call) != still.end())
      continue;
    ++sum_of(open.sums, call.second).calls;
  }
  open.calls.clear();
}

void ExecutionJoiner::hand_on(ExecutionRecord& record, const std::vector<FunctionSum>& sums) {
  if (!query_.takes(record)) return;
  record.functions = sums;
  sink_.execution(record);
}

// Its end is lost, where it has none.
ExecutionJoiner::OpenExecutions::iterator ExecutionJoiner::end(OpenExecutions::iterator open) {
  Open& one = open->second;
  count_open_calls(one);
  if (!one.ended) one.record.end_lost = true;
  hand_on(one.record, one.sums);
  if (one.is_wanted) --wanted_open_;
  return open_.erase(open);
}

void ExecutionJoiner::end_of_file(const TraceSet::File& file, bool to_the_end) {
  const std::size_t next = file.number + 1;
  const bool has_next_part = next < set_.files().size() && !set_.files()[next].goes_on.empty();
  for (auto open = open_.begin(); open != open_.end();) {
    if (has_next_part) {
      const auto& going_on = set_.files()[next].goes_on;
      const bool goes_on = std::any_of(going_on.begin(), going_on.end(),
                                       [&](const auto& one) { return one.second == open->first; });
      if (goes_on) {
        count_open_calls(open->second);
        ++open;
        continue;
      }
    }
    if (!to_the_end) {
      open = end(open);
      continue;
    }
    count_open_calls(open->second);
    hand_on(open->second.record, open->second.sums);
    if (open->second.is_wanted) --wanted_open_;
    open = open_.erase(open);
  }
  after_damage_ = is_in_file_ = false;
  const bool is_last_part = next == set_.files().size() || set_.files()[next].trace != file.trace ||
                            set_.files()[next].part != file.part + 1;
  if (!is_last_part) return;
  for (const auto& [process, idle] : idle_)
    hand_on(idle, std::nullopt);
  idle_.clear();
  last_run_.clear();
}

void ExecutionJoiner::take_idle(const TraceSet::File& file, ExecutionsOfChunk& chunk) {
  for (IdlePiece& piece : chunk.idle_pieces) {
    const Process process{file.trace, piece.thread.pid};
    const auto before = idle_.find(process);
    if (before != idle_.end() && piece.first) {
      hand_on(before->second, *piece.first);
      idle_.erase(before);
    }
    if (piece.unended) {
      IdleRecord& idle = idle_[process] = std::move(*piece.unended);
      if (idle.execution) {
        idle.execution = set_.joined(file, *idle.execution);
      } else if (const auto run = last_run_.find(process); run != last_run_.end()) {
        idle.execution = run->second;
      }
    }
  }
  for (IdleRecord& idle : chunk.idle) {
    if (idle.execution) {
      idle.execution = set_.joined(file, *idle.execution);
    } else if (const auto run = last_run_.find({file.trace, idle.thread.pid});
               run != last_run_.end()) {
      idle.execution = run->second;
    }
    hand_on(idle, idle.to);
  }
  for (const IdlePiece& piece : chunk.idle_pieces) {
    if (piece.last_run)
      last_run_[{file.trace, piece.thread.pid}] = set_.joined(file, *piece.last_run);
  }
}

// It ends with its process, at the latest.
void ExecutionJoiner::hand_on(IdleRecord idle, std::optional<Timestamp> to) {
  if (!query_.range.has(idle.from)) return;
  const ProcessLives::Life* const process = idle.file->lives.at(idle.thread.pid, idle.from);
  if (process && process->process.ended && (!to || *process->process.ended < *to))
    to = process->process.ended;
  idle.to = to && *to >= idle.from ? to : std::nullopt;
  sink_.idle(idle);
}

}  // namespace pgrec

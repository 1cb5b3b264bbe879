#include "analyze/calls/execution_visitor.h"

#include <algorithm>

namespace pgrec {

void ExecutionVisitor::begin(const TraceSet::File& file, ExecutionsOfChunk& into) {
  file_ = &file;
  auto& known = classes_[file.number];
  if (!known) known = std::make_unique<FileClasses>(file.reader.classes());
  of_file_ = known.get();
  into_ = &into;
  into.used = 0;
  into.idle.clear();
  into.idle_pieces.clear();
  into.errors.clear();
  key_ = {};
  state_ = {};
  of_thread_.clear();
  idle_.reset();
  running_ = nullptr;
  running_id_ = kNoExecution;
}

void ExecutionVisitor::chunk(const ChunkHeader& header, const Columns& columns) {
  ids_ = header.ids;
  arguments_.emplace(columns, file_->reader.classes());
}

ExecutionPiece& ExecutionVisitor::new_piece(ExecutionId id) {
  if (into_->used == into_->pieces.size()) {
    into_->pieces.emplace_back();
    if (running_) running_ = &into_->pieces[running_place_];
  }
  ExecutionPiece& piece = into_->pieces[into_->used++];
  piece.record = {};
  piece.record.file = file_;
  piece.record.id = id;
  piece.record.thread = key_;
  piece.begins = piece.runs = piece.ends = piece.goes_on = false;
  piece.sums.clear();
  piece.events.clear();
  piece.opening_calls.clear();
  piece.closing_calls.clear();
  piece.serial = ++serial_;
  return piece;
}

void ExecutionVisitor::set_running(std::size_t place, ExecutionId id) {
  running_place_ = place;
  running_ = &into_->pieces[place];
  running_id_ = id;
}

void ExecutionVisitor::thread(const ThreadKey& key, ThreadState&& opening) {
  end_thread();
  key_ = key;
  state_ = std::move(opening);
  if (wants_.idle) {
    idle_.emplace();
    idle_->thread = key;
  }
  if (state_.execution) {
    ExecutionPiece& piece = new_piece(state_.execution->id);
    piece.record.begun = state_.execution->begun;
    piece.record.text = state_.execution->text;
    piece.runs = true;
    of_thread_.emplace_back(piece.record.id, into_->used - 1);
    set_running(into_->used - 1, piece.record.id);
  }
  for (const OpenCall& call : state_.calls) {
    if (call.execution == kNoExecution) continue;
    if (!piece_of(call.execution)) {  // it has ended
      new_piece(call.execution);
      of_thread_.emplace_back(call.execution, into_->used - 1);
    }
    piece_of(call.execution)->opening_calls.emplace_back(call.id, call.function);
  }
}

ExecutionPiece* ExecutionVisitor::piece_of(ExecutionId id) {
  for (const auto& [known, place] : of_thread_) {
    if (known == id) return &into_->pieces[place];
  }
  return nullptr;
}

FunctionSum& ExecutionVisitor::find_sum(ExecutionPiece& piece, FunctionId function) {
  const std::size_t id = value(function);
  if (id >= slots_.size()) slots_.resize(id + 1);
  std::size_t index = 0;
  while (index < piece.sums.size() && piece.sums[index].function != function)
    ++index;
  if (index == piece.sums.size()) piece.sums.emplace_back().function = function;
  slots_[id] = {piece.serial, static_cast<std::uint32_t>(index)};
  return piece.sums[index];
}

bool ExecutionVisitor::execution_begins(const Event& event) {
  const ExecutionId id = ids_.execution;
  if (!replay(event, key_, state_, ids_, *this)) return false;
  ExecutionPiece& piece = new_piece(id);
  piece.record.begun = event.ts;
  piece.record.text = event.text;
  piece.begins = file_->goes_on.empty() || !file_->goes_on.contains(id);
  piece.runs = !piece.begins;
  of_thread_.emplace_back(id, into_->used - 1);
  set_running(into_->used - 1, id);
  if (!idle_) return true;
  if (!idle_->first) idle_->first = event.ts;
  if (idle_->unended) {
    idle_->unended->to = event.ts;
    into_->idle.push_back(*std::exchange(idle_->unended, std::nullopt));
  }
  return true;
}

void ExecutionVisitor::execution_ended(const Execution& execution) {
  ExecutionPiece* const piece = running_;
  running_ = nullptr;
  running_id_ = kNoExecution;
  if (!piece) return;
  piece->ends = true;
  piece->record.duration = execution.duration;
  piece->record.end_lost = execution.end_lost;
  piece->goes_on = has_calls_of(execution.id);
  if (idle_ && (!piece->begins || piece->record.facts.kind == ExecutionFacts::Kind::kRun))
    idle_->last_run = execution.id;
  if (!piece->goes_on)
    std::erase_if(of_thread_, [&](const auto& one) { return one.first == execution.id; });
}

bool ExecutionVisitor::has_calls_of(ExecutionId id) const {
  return std::any_of(state_.calls.begin(), state_.calls.end(),
                     [&](const OpenCall& call) { return call.execution == id; });
}

// The call is still on the stack, as its innermost.
void ExecutionVisitor::call_of_other(ExecutionId execution, const EndedCall& call) {
  add_call(static_cast<Call>(call));
  ExecutionPiece* const piece = piece_of(execution);
  if (!piece) return;
  const auto of_it = std::count_if(state_.calls.begin(), state_.calls.end(),
                                   [&](const OpenCall& one) { return one.execution == execution; });
  if (of_it > 1) return;
  piece->goes_on = false;
  std::erase_if(of_thread_, [&](const auto& one) { return one.first == execution; });
}

void ExecutionVisitor::add_call(const Call& call) {
  if (!wants_.function_times || !call.execution) return;
  if (wants_.calls_at_least > Duration{} &&
      (!call.duration || *call.duration < wants_.calls_at_least))
    return;
  ExecutionPiece* const piece = piece_of(*call.execution);
  if (!piece) return;
  FunctionSum& sum = sum_of(*piece, call.function);
  ++sum.calls;
  if (call.duration) {
    sum.total = add_capped(sum.total, *call.duration);
    sum.self = add_capped(sum.self, *call.self);
  }
  if (!call.at_most) return;
  const Abandoned now{call.thread, *call.execution, call.depth, call.begun + *call.at_most,
                      *call.self_at_most};
  Duration own = now.self_at_most;
  if (abandoned_.thread == now.thread && abandoned_.execution == now.execution &&
      abandoned_.depth == now.depth + 1 && abandoned_.ended == now.ended) {
    own = std::max(own - abandoned_.self_at_most, Duration{});
  }
  sum.at_most = add_capped(sum.at_most, *call.at_most);
  sum.self_at_most = add_capped(sum.self_at_most, now.self_at_most);
  sum.own_at_most = add_capped(sum.own_at_most, own);
  abandoned_ = now;
}

void ExecutionVisitor::class_event(const Event& event) {
  const ExecutionFactReader& facts = of_file_->facts;
  if (facts.tells_of_executions(event.event_class)) {
    arguments_->next(event.event_class, values_);
    if (!running_) return;
    if (running_->begins) {
      facts.add(event, values_, running_->record.facts);
    } else {
      running_->events.emplace_back(event, values_);
    }
  } else if (facts.is_idle_in_transaction(event.event_class)) {
    if (wants_.idle) idle_event(event);
  } else if (wants_.errors && of_file_->errors.tells(event.event_class)) {
    arguments_->next(event.event_class, values_);
    auto [severity, sqlstate, message] = of_file_->errors.read(event.event_class, values_);
    ErrorRecord error{
        file_,       key_, event.ts, std::move(severity), std::move(sqlstate), std::move(message),
        std::nullopt};
    if (state_.execution) error.execution = state_.execution->id;
    into_->errors.push_back(std::move(error));
  }
}

void ExecutionVisitor::idle_event(const Event& event) {
  arguments_->next(event.event_class, values_);
  if (!idle_->first) idle_->first = event.ts;
  if (idle_->unended) {
    idle_->unended->to = event.ts;
    into_->idle.push_back(*idle_->unended);
  }
  idle_->unended.emplace();
  idle_->unended->file = file_;
  idle_->unended->thread = key_;
  idle_->unended->from = event.ts;
  idle_->unended->facts = of_file_->facts.idle_facts(event.event_class, values_);
  idle_->unended->execution = idle_->last_run;
}

void ExecutionVisitor::end_thread() {
  for (const auto& [id, place] : of_thread_)
    into_->pieces[place].goes_on = true;
  for (const OpenCall& call : state_.calls) {
    if (ExecutionPiece* const piece = piece_of(call.execution))
      piece->closing_calls.emplace_back(call.id, call.function);
  }
  of_thread_.clear();
  running_ = nullptr;
  running_id_ = kNoExecution;
  state_ = {};
  if (idle_ && (idle_->first || idle_->last_run)) into_->idle_pieces.push_back(std::move(*idle_));
  idle_.reset();
}

}  // namespace pgrec

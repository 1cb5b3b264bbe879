#include "analyze/calls/detail_visitor.h"

#include <algorithm>

#include "analyze/trace/in_set.h"

namespace pgrec {

DetailVisitor::FileClasses::FileClasses(const std::vector<EventClass>& classes) : facts(classes) {
  for (const EventClass& one : classes) {
    const bool is_first = described.try_emplace(one.id, &one).second;
    if (is_first && one.name == execution_class::kOfLeader) of_leader = one.id;
  }
}

void DetailVisitor::want(ExecutionId id) {
  targets_.try_emplace(id);
}

void DetailVisitor::begin(const TraceSet::File& file) {
  file_ = &file;
  auto& known = classes_[file.number];
  if (!known) known = std::make_unique<FileClasses>(file.reader.classes());
  of_file_ = known.get();
  key_ = {};
  state_ = {};
  running_ = nullptr;
  of_thread_.clear();
  was_last_.reset();
  for (auto& [id, target] : targets_)
    target.seen = false;
}

void DetailVisitor::chunk(const ChunkHeader& header, const Columns& columns) {
  ids_ = header.ids;
  first_ = header.first;
  arguments_.emplace(columns, file_->reader.classes());
}

DetailVisitor::Target* DetailVisitor::target_of(ExecutionId id) {
  const auto found = targets_.find(set_.joined(*file_, id));
  return found == targets_.end() ? nullptr : &found->second;
}

void DetailVisitor::thread(const ThreadKey& key, ThreadState&& opening) {
  end_thread();
  key_ = key;
  state_ = std::move(opening);
  if (state_.execution) {
    running_ = target_of(state_.execution->id);
    // Its begin is in what cannot be read.
    if (running_ && !running_->detail) {
      running_->detail = &found_[set_.joined(*file_, state_.execution->id)];
      ExecutionRecord& run = running_->detail->run;
      run.file = file_;
      run.id = set_.joined(*file_, state_.execution->id);
      run.thread = key;
      run.begun = state_.execution->begun;
      run.text = state_.execution->text;
    }
    if (running_) of_thread_.push_back(running_);
  }
  for (const OpenCall& call : state_.calls) {
    if (call.execution == kNoExecution) continue;
    Target* const target = target_of(call.execution);
    if (target && std::find(of_thread_.begin(), of_thread_.end(), target) == of_thread_.end())
      of_thread_.push_back(target);
  }
  for (Target* const target : of_thread_) {
    target->seen = true;
    lose_calls(*target, &state_);
  }
}

// Takes those calls for ended unseen that are not open any more in `after`.
void DetailVisitor::lose_calls(Target& target, const ThreadState* after) {
  std::erase_if(target.open, [&](const auto& open) {
    const bool is_open =
        after && std::any_of(after->calls.begin(), after->calls.end(),
                             [&](const OpenCall& call) { return call.id == open.first; });
    if (!is_open && open.second != DetailItem::kNone)
      target.detail->items[open.second].outcome = Outcome::kExitLost;
    return !is_open;
  });
}

bool DetailVisitor::execution_begins(const Event& event) {
  const ExecutionId id = ids_.execution;
  if (!replay(event, key_, state_, ids_, *this)) return false;
  if (was_last_) next_begun_.try_emplace(*was_last_, event.ts);
  was_last_.reset();
  Target* const target = target_of(id);
  running_ = target;
  if (!target) return true;
  target->seen = true;
  if (!target->detail) {
    target->detail = &found_[set_.joined(*file_, id)];
    ExecutionRecord& run = target->detail->run;
    run.file = file_;
    run.id = set_.joined(*file_, id);
    run.thread = key_;
    run.begun = event.ts;
    run.text = event.text;
  }
  of_thread_.push_back(target);
  return true;
}

void DetailVisitor::execution_ended(const Execution& execution) {
  Target* const target = std::exchange(running_, nullptr);
  if (!target) return;
  ExecutionRecord& run = target->detail->run;
  run.end_lost = execution.end_lost;
  if (execution.duration) run.duration = execution.begun + *execution.duration - run.begun;
  target->ended = true;
  was_last_ = run.id;
}

DetailItem* DetailVisitor::new_item(Target& target, Timestamp at) {
  if (room_ == 0) {
    ++target.detail->left_out;
    return nullptr;
  }
  --room_;
  DetailItem& item = target.detail->items.emplace_back();
  item.begun = at;
  // Open calls without an item have none with one inside.
  if (!target.open.empty() && target.open.back().second != DetailItem::kNone) {
    item.parent = target.open.back().second;
    item.depth = target.detail->items[item.parent].depth + 1;
  }
  return &item;
}

void DetailVisitor::enter() {
  const OpenCall& call = state_.calls.back();
  std::uint32_t place = DetailItem::kNone;
  if (DetailItem* const item = new_item(*running_, call.entered)) {
    item->id = call.id;
    item->function = call.function;
    place = static_cast<std::uint32_t>(running_->detail->items.size() - 1);
  }
  running_->open.emplace_back(call.id, place);
}

void DetailVisitor::end_call(const EndedCall& call) {
  Target* const target = target_of(call.opened().execution);
  if (!target || target->open.empty() || target->open.back().first != call.opened().id) return;
  const std::uint32_t place = target->open.back().second;
  target->open.pop_back();
  if (place == DetailItem::kNone) return;
  DetailItem& item = target->detail->items[place];
  const Call ended = call;
  item.outcome = ended.outcome;
  item.duration = ended.duration;
  item.self = ended.self;
  item.at_most = ended.at_most;
}

void DetailVisitor::call_ended(const Call& headless) {
  if (!running_) return;
  DetailItem* const item = new_item(*running_, headless.begun);
  if (!item) return;
  item->id = headless.id;
  item->function = headless.function;
  item->outcome = Outcome::kHeadless;
}

void DetailVisitor::class_event(const Event& event) {
  const ExecutionFactReader& facts = of_file_->facts;
  const bool is_of_leader = of_file_->of_leader == event.event_class;
  if (facts.is_idle_in_transaction(event.event_class)) return;
  arguments_->next(event.event_class, values_);
  if (is_of_leader && state_.execution) {
    ExecutionFacts of_worker;
    facts.add(event, values_, of_worker);
    const ProcessLives::Life* const life = file_->lives.at(key_.pid, event.ts);
    if (!of_worker.leader_pid && life && life->identity.leader_pid)
      of_worker.leader_pid = *life->identity.leader_pid;
    if (of_worker.leader_pid) {
      workers_.push_back({set_.joined(*file_, state_.execution->id), key_, state_.execution->begun,
                          static_cast<std::uint32_t>(*of_worker.leader_pid)});
    }
  }
  if (!running_) return;
  if (facts.tells_of_executions(event.event_class))
    return facts.add(event, values_, running_->detail->run.facts);
  DetailItem* const item = new_item(*running_, event.ts);
  if (!item) return;
  item->kind = DetailItem::Kind::kEvent;
  item->event = static_cast<std::uint32_t>(running_->detail->events.size());
  const auto described = of_file_->described.find(event.event_class);
  running_->detail->events.push_back(
      {described == of_file_->described.end() ? nullptr : described->second, event.event_class,
       std::move(values_)});
  values_.clear();
}

void DetailVisitor::end_thread() {
  state_ = {};
  running_ = nullptr;
  of_thread_.clear();
  was_last_.reset();
}

// A thread with something open is listed: what is not has ended in what cannot be read.
void DetailVisitor::end() {
  end_thread();
  for (auto& [id, target] : targets_) {
    if (!target.detail || target.seen) continue;
    if (!target.ended) target.detail->run.end_lost = true;
    target.ended = true;
    lose_calls(target, nullptr);
  }
}

void DetailVisitor::end_of_part(const TraceSet::File* next, bool lost) {
  for (auto& [id, target] : targets_) {
    if (!target.detail) continue;
    const bool goes_on =
        next && std::any_of(next->goes_on.begin(), next->goes_on.end(),
                            [&, id = id](const auto& one) { return one.second == id; });
    if (lost) lose_calls(target, nullptr);
    if (lost && !goes_on && !target.ended) target.detail->run.end_lost = true;
    if (!goes_on) target.ended = true;
    target.open.clear();
  }
}

bool DetailVisitor::is_any_open() const {
  return std::any_of(targets_.begin(), targets_.end(),
                     [](const auto& one) { return one.second.detail && !one.second.is_over(); });
}

}  // namespace pgrec

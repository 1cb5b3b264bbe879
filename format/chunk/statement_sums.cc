#include "format/chunk/statement_sums.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace pgrec {
namespace {

std::optional<std::uint64_t> number(std::span<const Argument> arguments, std::uint8_t place) {
  if (place >= arguments.size()) return std::nullopt;
  const auto* number = std::get_if<std::uint64_t>(&arguments[place]);
  return number ? std::optional(*number) : std::nullopt;
}

}  // namespace

// A fingerprint is a hash by itself.
std::size_t StatementSums::KeyHash::operator()(const StatementKey& key) const {
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;
  const std::uint64_t mixed = (key.fingerprint ^ key.query_id * kOdd) + value(key.text);
  return mixed * kOdd >> 17;
}

StatementFunction& StatementSums::Row::add(std::uint32_t number, FunctionId function) {
  if (number >= kFew) return sums.functions[function];
  functions.resize(number + 1);
  return functions[number];
}

void StatementSums::forget() {
  before_.clear();
  after_.clear();
  now_.id = kNoExecution;
  late_.clear();
  state_ = nullptr;
}

void StatementSums::thread(const ThreadKey& key, const ThreadState& state) {
  key_ = key;
  state_ = &state;
  if (auto kept = before_.extract(key)) {
    now_ = kept.mapped().running;
    late_ = std::move(kept.mapped().late);
    if (late_.size() > state.calls.size()) late_.clear();  // of a thread that was something else
  }
  const ExecutionId running = state.execution ? state.execution->id : kNoExecution;
  if (now_.id != running) {
    now_.id = kNoExecution;
    if (state.execution) execution_begun(*state.execution);
    now_.whole = false;
  }
  if (now_.id != kNoExecution && !now_.whole) beginnings_known_ = false;
}

// Of the execution that goes on, the calls so far are added to its text's.
void StatementSums::leave(SummaryBuilder& calls) {
  if (!std::exchange(state_, nullptr)) return;
  if (now_.id != kNoExecution) add_run(calls, key_of(0), nullptr);
  if (now_.id != kNoExecution || !late_.empty())
    after_.emplace_hint(after_.end(), key_, Kept{now_, std::exchange(late_, {})});
  now_.id = kNoExecution;
}

void StatementSums::execution_begun(const OpenExecution& execution) {
  now_.id = execution.id;
  now_.text = execution.text;
  now_.fingerprint = source_.texts->find(execution.text);
  now_.query_id = 0;
  now_.whole = true;
  now_.only_prepared = now_.of_leader = now_.said = now_.failed = false;
  now_.measured = 0;
}

void StatementSums::class_event(const ExecutionRole& role, std::span<const Argument> arguments) {
  using Tells = ExecutionRole::Tells;
  if (now_.id == kNoExecution) return;
  switch (role.tells) {
    case Tells::kCompletion:
    case Tells::kFailure:
      return say(role, arguments);
    case Tells::kNotRun:
      now_.only_prepared = true;
      now_.said = now_.failed = false;
      return;
    case Tells::kOfLeader:
      now_.of_leader = true;
      return;
    case Tells::kOtherText:
      if (const auto id = number(arguments, role.text); id && *id <= UINT32_MAX) {
        now_.text = TextId{static_cast<std::uint32_t>(*id)};
        now_.fingerprint = source_.texts->find(now_.text);
      }
      return;
    case Tells::kNothing:
      return;
  }
}

// What is said now, or else was before.
void StatementSums::say(const ExecutionRole& role, std::span<const Argument> arguments) {
  now_.only_prepared = false;
  now_.said = true;
  now_.failed = role.tells == ExecutionRole::Tells::kFailure;
  if (const auto id = number(arguments, role.query_id); id && *id != 0) now_.query_id = *id;
  const std::size_t count = std::min(arguments.size(), role.measures.size());
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t measure = role.measures[i];
    if (measure == ExecutionRole::kNone) continue;
    const auto* said = std::get_if<std::uint64_t>(&arguments[i]);
    if (!said || *said > ExecutionRole::kMaxNumber) continue;
    if (*said == 0 && (role.above_zero >> measure & 1) != 0) continue;
    now_.measures[measure] = *said;
    now_.measured |= 1u << measure;
  }
}

StatementKey StatementSums::key_of(std::uint64_t query_id) const {
  const std::uint64_t fingerprint = now_.fingerprint.value_or(0);
  return {fingerprint, query_id, fingerprint == 0 ? now_.text : TextId{}};
}

// Null where there are too many.
StatementSums::Row* StatementSums::row_of(const StatementKey& key, TextId text) {
  if (!last_ || last_key_ != key) {
    auto place = rows_.find(key);
    if (place == rows_.end()) {
      const bool of_text = key.fingerprint == 0;
      if (rows_.size() == kMost || (of_text && rows_of_texts_ == kMostTexts)) {
        complete_ = false;
        return nullptr;
      }
      rows_of_texts_ += of_text ? 1 : 0;
      place = rows_.try_emplace(key).first;
      place->second.sums.first_text = text;
    }
    last_ = &place->second;
    last_key_ = key;
  }
  last_->sums.first_text = std::min(last_->sums.first_text, text);
  return last_;
}

// `row`: of the key, where there is one yet; else it is made for the first call.
void StatementSums::add_run(SummaryBuilder& calls, const StatementKey& key, Row* row) {
  bool any = row != nullptr;
  calls.end_run([&](std::uint32_t number, FunctionId function, const StatementFunction& run) {
    if (!std::exchange(any, true)) row = row_of(key, now_.text);
    if (row) row->of(number, function).merge(run);
  });
  if (any && !now_.fingerprint) texts_known_ = false;
}

void StatementSums::add_to(StatementSummary& sums, const Execution& execution) const {
  ++sums.executions;
  if (execution.duration) {
    sums.add(*execution.duration);
    sums.said += now_.said ? 1 : 0;
    sums.errors += now_.failed ? 1 : 0;
  } else {
    ++sums.lost;
  }
  for (std::uint32_t left = now_.measured; left != 0; left &= left - 1) {
    const auto measure = static_cast<unsigned>(std::countr_zero(left));
    MeasureSum& sum = sums.measures[measure];
    sum.sum = add_capped(sum.sum, now_.measures[measure]);
    ++sum.told;
  }
}

void StatementSums::execution_ended(const Execution& execution, SummaryBuilder& calls) {
  const bool ran = !now_.only_prepared && !now_.of_leader;
  const StatementKey key = key_of(ran ? now_.query_id : 0);
  Row* row = ran ? row_of(key, now_.text) : nullptr;
  if (row) add_to(row->sums, execution);
  if (ran && !now_.fingerprint) texts_known_ = false;
  add_run(calls, key, row);
  if (ran && execution.duration && *execution.duration > long_from_) add_long(execution);
  // Its calls were entered last.
  const auto& open = state_->calls;
  if (now_.whole && now_.fingerprint && !open.empty() && open.back().execution == now_.id)
    late_.push_back({now_.id, key, now_.text});
  now_.id = kNoExecution;
}

// Of one that ended before it.
void StatementSums::late_call(const EndedCall& call, std::uint32_t number) {
  const ExecutionId execution = call.opened().execution;
  if (execution == kNoExecution) return;
  while (!late_.empty() && late_.back().id > execution)
    late_.pop_back();
  if (late_.empty() || late_.back().id != execution) {
    texts_known_ = false;
    return;
  }
  Row* row = call.returned() ? row_of(late_.back().key, late_.back().text) : nullptr;
  if (row) row->of(number, call.opened().function).merge({0, 1, call.duration(), call.self()});
  const auto& calls = state_->calls;
  if (calls.size() < 2 || calls[calls.size() - 2].execution != execution) late_.pop_back();
}

void StatementSums::add_long(const Execution& execution) {
  const LongExecution one{*execution.duration, execution.begun, execution.id, now_.text, key_};
  longest_.insert(std::upper_bound(longest_.begin(), longest_.end(), one, longer), one);
  if (longest_.size() > Summary::kLongest) longest_.pop_back();
  // Equal ones may still be among them, by their ids.
  if (longest_.size() == Summary::kLongest) long_from_ = longest_.back().duration - Duration(1);
}

void StatementSums::take(Summary& summary, const std::vector<FunctionId>& functions) {
  before_ = std::exchange(after_, {});
  if (beginnings_known_) summary.longest = std::move(longest_);
  if (beginnings_known_ && texts_known_) {
    Statements& statements = summary.statements.emplace();
    for (auto& [key, row] : rows_) {
      StatementSummary& sums = statements[key] = std::move(row.sums);
      for (std::size_t number = 0; number < row.functions.size(); ++number) {
        if (row.functions[number] != StatementFunction{})
          sums.functions.emplace(functions[number], row.functions[number]);
      }
    }
    summary.statements_complete = keep_within_bounds(statements) && complete_;
  }
  rows_.clear();
  rows_of_texts_ = 0;
  last_ = nullptr;
  longest_.clear();
  long_from_ = Duration{-1};
  complete_ = texts_known_ = beginnings_known_ = true;
}

}  // namespace pgrec

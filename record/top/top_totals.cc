#include "record/top/top_totals.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <set>
#include <utility>

#include "format/print/histogram.h"

namespace pgrec {

void TopTotals::append(const ThreadKey& thread, std::span<const Event> events,
                       std::span<ArgumentValues> arguments) {
  if (events.empty()) return;
  const auto place = threads_.try_emplace(thread).first;
  current_ = &place->second;
  std::size_t told = 0;
  for (const Event& event : events) {
    if (event.kind == EventKind::kOfClass) learn(event.event_class, arguments[told++]);
    [[maybe_unused]] const bool applied = replay(event, thread, current_->state, ids_, *this);
    assert(applied);
    if (event.kind == EventKind::kExecutionBegin) current_->known = {};
  }
  if (current_->state.idle()) threads_.erase(place);
  current_ = nullptr;
}

// The last of the outcomes in an execution is its own.
void TopTotals::learn(ClassId event_class, const ArgumentValues& arguments) {
  Known& known = current_->known;
  if (event_class == id_of(ExecutionClass::kOfText)) {
    const auto text = std::get<std::uint64_t>(arguments.front());
    known.text = TextId{static_cast<std::uint32_t>(text)};
  }
  if (event_class == id_of(ExecutionClass::kOfLeader)) known.of_leader = true;
  const bool failed = event_class == id_of(ExecutionClass::kFailed) ||
                      event_class == id_of(ExecutionClass::kProcessEnded);
  const bool not_run = event_class == id_of(ExecutionClass::kNotRun);
  if (failed || not_run || event_class == id_of(ExecutionClass::kCompleted) ||
      event_class == id_of(ExecutionClass::kSuspended)) {
    outcomes_known_ = true;
    known.failed = failed;
    known.not_run = not_run;
  }
}

void TopTotals::call_ended(const Call& call) {
  ++functions_[value(call.function)].ended[static_cast<std::size_t>(call.outcome)];
}

Duration TopTotals::in_interval(Timestamp begun, Timestamp until) const {
  return until - std::max(begun, interval_begun_);
}

void TopTotals::execution_ended(const Execution& execution) {
  if (!current_->known.counts()) return;
  ++executions_;
  Sums& sums = sums_[value(current_->known.text.value_or(execution.text))];
  ++sums.executions;
  if (current_->known.failed) ++sums.errors;
  if (!execution.duration) return;
  ++sums.timed;
  sums.total += *execution.duration;
  sums.max = std::max(sums.max, *execution.duration);
  sums.in_interval += in_interval(execution.begun, execution.begun + *execution.duration);
}

TopFunction TopTotals::function(std::uint32_t probe) const {
  FunctionSummary calls = functions_[probe];
  calls.calls = std::accumulate(calls.ended.begin(), calls.ended.end(), std::uint64_t{0});
  const DurationProfile profile = profile_of(calls);
  return {probes_.name(probe), profile.calls,  profile.total,
          profile.self,        profile.mean(), profile.p99};
}

// Those that did not run in the interval.
void TopTotals::forget_statements() {
  std::set<TextId> running;
  for (const auto& [key, thread] : threads_) {
    if (thread.state.execution) running.insert(thread.state.execution->text);
  }
  statements_.forget(
      [&](TextId one) { return sums_.contains(value(one)) || running.contains(one); });
}

void TopTotals::end_interval(Timestamp at, TopSnapshot& snapshot) {
  for (const auto& [key, thread] : threads_) {
    if (!thread.state.execution || !thread.known.counts()) continue;
    Sums& sums = sums_[value(thread.state.execution->text)];
    ++sums.running;
    sums.in_interval += in_interval(thread.state.execution->begun, at);
  }
  snapshot.interval = at - interval_begun_;
  snapshot.has_errors = outcomes_known_;
  snapshot.executions = snapshot.calls = 0;
  snapshot.statements.clear();
  for (const auto& [statement, sums] : sums_) {
    snapshot.executions += sums.executions;
    const Duration mean =
        sums.timed == 0 ? Duration{} : sums.total / static_cast<std::int64_t>(sums.timed);
    snapshot.statements.push_back({statements_.text(TextId{statement}), sums.executions,
                                   sums.running, sums.errors, sums.in_interval, mean, sums.max});
  }
  snapshot.functions.clear();
  for (const std::uint32_t probe : probes_.chosen()) {
    snapshot.functions.push_back(function(probe));
    snapshot.calls += snapshot.functions.back().calls;
  }
  forget_statements();
  sums_.clear();
  std::fill(functions_.begin(), functions_.end(), FunctionSummary{});
  interval_begun_ = at;
}

}  // namespace pgrec

#include "record/matching/execution_matcher.h"

#include <algorithm>
#include <string>
#include <utility>

#include "record/kernel/wire_measures.h"

namespace pgrec {
namespace {

void emit(MatchedEvents& out, EventKind kind, Timestamp now, TextId text = {}) {
  out.events.push_back({kind, FunctionId{}, text, now});
}

void emit(MatchedEvents& out, ExecutionClass one, Timestamp now, ArgumentValues arguments) {
  Event event;
  event.kind = EventKind::kOfClass;
  event.event_class = id_of(one);
  event.ts = now;
  out.events.push_back(event);
  out.arguments.push_back(std::move(arguments));
}

ExecutionClass class_of(wire_kind kind) {
  switch (kind) {
    case WIRE_FAILED:
      return ExecutionClass::kFailed;
    case WIRE_SUSPENDED:
      return ExecutionClass::kSuspended;
    default:
      return ExecutionClass::kCompleted;
  }
}

// In the order of execution_classes().
ArgumentValues measured(const Hit& hit, Timestamp begun, Timestamp now,
                        const QueryContext& context) {
  const wire_done& done = hit.query->done;
  ArgumentValues values;
  values.reserve(kMeasures.size() + 3);
  const auto add = [&](std::uint64_t value) { values.emplace_back(value); };
  if (context.known.query_ids) add(done.query_id);
  Timestamp ran = now;
  if (done.ran_ns > context.begin_ns)
    ran = from_ns(static_cast<std::int64_t>(done.ran_ns - context.begin_ns));
  else if (done.ran_ns > 0)
    ran = begun;
  add(static_cast<std::uint64_t>(std::max(std::min(ran, now) - begun, Duration{}).count()));
  for (const Measure& measure : kMeasures) {
    if (is_counted(measure) && is_known(measure, context.known)) add(done.usage[measure.counter]);
  }
  if (hit.kind == WIRE_COMPLETED) add(done.rows);
  if (hit.kind == WIRE_FAILED && context.known.sqlstates)
    values.emplace_back(sqlstate_text(done.sqlstate));
  return values;
}

}  // namespace

void ExecutionMatcher::start(const ThreadKey& thread, Timestamp now, QueryContext& context,
                             MatchedEvents& out) {
  running_->begun = now;
  emit(out, EventKind::kExecutionBegin, now,
       context.text_id(running_->text->statements[running_->statement]));
  if (running_->client) return;
  if (const auto leader = context.leader_of(thread.pid))
    emit(out, ExecutionClass::kOfLeader, now, {std::uint64_t{*leader}});
}

void ExecutionMatcher::tell_message(Timestamp now, QueryContext& context, MatchedEvents& out) {
  const auto& message = running_->text->message;
  if (!message || running_->statement > 0) return;
  emit(out, ExecutionClass::kOfText, now, {std::uint64_t{value(context.text_id(*message))}});
}

// Where errors are not known, what ends so may have failed as a whole.
void ExecutionMatcher::end(Timestamp now, QueryContext& context, MatchedEvents& out) {
  if (!running_) return;
  if (!running_->said && running_->client && !context.known.sqlstates)
    tell_message(now, context, out);
  if (!running_->said && running_->client && context.known.sqlstates) {
    emit(out, ExecutionClass::kNotRun, now, {});
    ++context.not_run;
  }
  emit(out, EventKind::kExecutionEnd, now);
  running_.reset();
}

void ExecutionMatcher::begin(const Hit& hit, const ThreadKey& thread, Timestamp now,
                             std::uint64_t lost_reports, QueryContext& context,
                             MatchedEvents& out) {
  end(now, context, out);
  message_.reset();
  running_ =
      Running{context.text_of(*hit.query, thread), 0, now, lost_reports, hit.query->client, false};
  start(thread, now, context, out);
  if (hit.query->running_ns) emit(out, ExecutionClass::kRunning, now, {*hit.query->running_ns});
}

// Statements of a text are counted as they complete. Where that finds no more of them than the text
// was taken apart into, the whole of the last part is taken for what else completes.
void ExecutionMatcher::done(const Hit& hit, const ThreadKey& thread, Timestamp now,
                            std::uint64_t lost_reports, QueryContext& context, MatchedEvents& out) {
  if (!running_) {
    if (!message_ || hit.kind == WIRE_SUSPENDED) return;
    running_ = *std::exchange(message_, std::nullopt);
    running_->lost_reports = lost_reports;
    start(thread, now, context, out);
  }
  if (hit.kind == WIRE_FAILED &&
      failed_as_message(hit.query->done.ran_ns, hit.query->done.sqlstate))
    tell_message(now, context, out);
  emit(out, class_of(hit.kind), now, measured(hit, running_->begun, now, context));
  running_->said = true;
  if (hit.kind != WIRE_COMPLETED || hit.query->in_pipeline) return;
  Running next = *running_;
  next.said = false;
  end(now, context, out);
  const bool has_next = next.statement + 1 < next.text->statements.size();
  if (has_next) ++next.statement;
  (has_next ? running_ : message_) = std::move(next);
  if (has_next) start(thread, now, context, out);
}

void ExecutionMatcher::idle(const Hit& hit, Timestamp now, QueryContext& context,
                            MatchedEvents& out) {
  end(now, context, out);
  message_.reset();
  if (!hit.in_transaction) return;
  emit(out, ExecutionClass::kIdleInTransaction, now,
       {std::uint64_t{hit.in_failed_transaction ? 1u : 0u}});
}

void ExecutionMatcher::thread_ended(Timestamp now, QueryContext& context, MatchedEvents& out) {
  if (running_ && !running_->said) {
    if (running_->client) emit(out, ExecutionClass::kProcessEnded, now, {});
    running_->said = true;
  }
  end(now, context, out);
  message_.reset();
}

void ExecutionMatcher::doubt(std::uint64_t lost_reports, Timestamp now, MatchedEvents& out) {
  if (message_ && message_->lost_reports != lost_reports) message_.reset();
  if (running_ && running_->lost_reports != lost_reports) lose(now, out);
}

void ExecutionMatcher::lose(Timestamp now, MatchedEvents& out) {
  if (!running_) return;
  running_.reset();
  emit(out, EventKind::kExecutionLost, now);
}

void ExecutionMatcher::begin_again(const ThreadKey& thread, Timestamp now, QueryContext& context,
                                   MatchedEvents& out) {
  if (running_) start(thread, now, context, out);
}

}  // namespace pgrec

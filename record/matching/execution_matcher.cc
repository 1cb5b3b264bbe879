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
  if (hit.kind != WIRE_FAILED && context.known.rows) add(done.rows);
  if (hit.kind == WIRE_FAILED && context.known.sqlstates)
    values.emplace_back(sqlstate_text(done.sqlstate));
  return values;
}

// `before_ns`: for how long it had been idle; 0: it was not, or not known.
void emit_idle(MatchedEvents& out, bool failed, std::uint64_t before_ns, Timestamp now) {
  emit(out, ExecutionClass::kIdleInTransaction, now, {std::uint64_t{failed ? 1u : 0u}, before_ns});
}

std::uint64_t monotonic_at(Timestamp at, const QueryContext& context) {
  return context.begin_ns + static_cast<std::uint64_t>(to_ns(at));
}

}  // namespace

void ExecutionMatcher::start(const ThreadKey& thread, Timestamp now, QueryContext& context,
                             MatchedEvents& out) {
  running_->begun = now;
  emit(out, EventKind::kExecutionBegin, now,
       context.text_id(running_->text->statements[running_->statement]));
  if (context.other_session) {
    const std::uint64_t at_ns = context.begin_ns + static_cast<std::uint64_t>(to_ns(now));
    if (auto session = context.other_session(thread.pid, at_ns))
      emit(out, ExecutionClass::kSession, now,
           {std::move(session->application), std::move(session->user),
            std::move(session->session_user)});
  }
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
  if (!running_->said && running_->client) {
    if (context.known.errors)
      emit(out, ExecutionClass::kNotRun, now, {});
    else
      tell_message(now, context, out);
  }
  emit(out, EventKind::kExecutionEnd, now);
  running_.reset();
}

void ExecutionMatcher::begin(const Hit& hit, const ThreadKey& thread, Timestamp now,
                             std::uint64_t lost_reports, QueryContext& context,
                             MatchedEvents& out) {
  end(now, context, out);
  message_.reset();
  transaction_.reset();
  running_ =
      Running{context.text_of(*hit.query, thread), 0, now, lost_reports, hit.query->client, false};
  start(thread, now, context, out);
  if (hit.query->running_ns) emit(out, ExecutionClass::kRunning, now, {*hit.query->running_ns});
}

void ExecutionMatcher::error(Hit& hit, Timestamp now, QueryContext& context, MatchedEvents& out) {
  if (!hit.of_statement && running_ && running_->said) end(now, context, out);
  emit(out, ExecutionClass::kError, now, std::move(*hit.arguments));
}

// Statements of a text are counted as they complete. Where that finds no more of them than the text
// was taken apart into, the whole of the last part is taken for what else completes, or fails while
// it runs: an ERROR that comes while the last completion is sent is of no statement any more.
void ExecutionMatcher::done(const Hit& hit, const ThreadKey& thread, Timestamp now,
                            std::uint64_t lost_reports, QueryContext& context, MatchedEvents& out) {
  if (!running_) {
    if (!message_ || hit.kind == WIRE_SUSPENDED) return;
    if (hit.kind == WIRE_FAILED && hit.query->done.ran_ns == 0) return;
    running_ = *std::exchange(message_, std::nullopt);
    running_->lost_reports = lost_reports;
    start(thread, now, context, out);
  }
  if (hit.kind == WIRE_FAILED &&
      failed_as_message(hit.query->done.ran_ns, hit.query->done.sqlstate))
    tell_message(now, context, out);
  emit(out, class_of(hit.kind), now, measured(hit, running_->begun, now, context));
  running_->said = true;
  if (hit.kind == WIRE_FAILED) return end(now, context, out);
  if (hit.kind != WIRE_COMPLETED || hit.query->in_pipeline) return;
  Running next = *running_;
  next.said = false;
  end(now, context, out);
  const bool has_next = next.statement + 1 < next.text->statements.size();
  if (has_next) ++next.statement;
  (has_next ? running_ : message_) = std::move(next);
  if (has_next) start(thread, now, context, out);
}

void ExecutionMatcher::idle(const Hit& hit, Timestamp now, std::uint64_t lost_reports,
                            QueryContext& context, MatchedEvents& out) {
  end(now, context, out);
  message_.reset();
  transaction_.reset();
  if (!hit.in_transaction) return;
  const std::uint64_t at_ns = monotonic_at(now, context);
  transaction_ = Transaction{hit.in_failed_transaction, at_ns, lost_reports};
  std::uint64_t before_ns = 0;
  if (hit.query) {
    before_ns = hit.query->running_ns.value_or(0);
    transaction_->idle_from_ns = before_ns == 0 || before_ns > at_ns ? 0 : at_ns - before_ns;
  }
  emit_idle(out, hit.in_failed_transaction, before_ns, now);
}

// A walsender ends its stream by ending in order; anybody else who does had only prepared what did
// not run.
void ExecutionMatcher::thread_ended(std::uint8_t flags, Timestamp now, QueryContext& context,
                                    MatchedEvents& out) {
  if (running_ && !running_->said) {
    const bool failed = (flags & (running_->client ? WIRE_END_FAILED : WIRE_END_CRASHED)) != 0;
    if (failed) emit(out, ExecutionClass::kProcessEnded, now, {});
    running_->said = failed || (flags & WIRE_END_RUNNING) != 0;
  }
  end(now, context, out);
  message_.reset();
  transaction_.reset();
}

void ExecutionMatcher::doubt(std::uint64_t lost_reports, Timestamp now, MatchedEvents& out) {
  if (message_ && message_->lost_reports != lost_reports) message_.reset();
  if (transaction_ && transaction_->lost_reports != lost_reports) transaction_.reset();
  if (running_ && running_->lost_reports != lost_reports) lose(now, out);
}

void ExecutionMatcher::lose(Timestamp now, MatchedEvents& out) {
  transaction_.reset();
  if (!running_) return;
  running_.reset();
  emit(out, EventKind::kExecutionLost, now);
}

void ExecutionMatcher::begin_again(const ThreadKey& thread, Timestamp now, QueryContext& context,
                                   MatchedEvents& out) {
  if (running_) start(thread, now, context, out);
  if (!transaction_) return;
  const std::uint64_t from_ns = transaction_->idle_from_ns;
  emit_idle(out, transaction_->failed, from_ns == 0 ? 0 : monotonic_at(now, context) - from_ns,
            now);
}

}  // namespace pgrec

#include "record/recording/recorder.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>
#include <utility>

#include "record/host/process_tree.h"
#include "record/kernel/intake.h"
#include "record/recording/edge_hits.h"

namespace pgrec {
namespace {

constexpr std::uint32_t kChunkEvents = 128 * 1024;
constexpr std::uint64_t kFlushNs = 1'000'000'000;
constexpr std::uint64_t kLookNs = 20'000'000;
constexpr std::uint64_t kClockSampleNs = 10'000'000'000;
// Between a clock read on one CPU and a position read on another: room for store buffers, and for
// what the kernel's and the process's reading of the clock may differ by while it is slewed.
constexpr std::uint64_t kSlackNs = 1'000'000;
constexpr std::uint64_t kHeldTextBytes = 32u << 20;

}  // namespace

Recorder::Recorder(KernelSession& session, EventSink& sink, const ProbeTable& probes,
                   const Moment& beginning, const std::optional<ProbeCost>& probe_cost,
                   const Queries& queries)
    : session_(session),
      sink_(sink),
      probes_(probes),
      probe_cost_(probe_cost),
      recording_began_ns_(beginning.monotonic_ns),
      begin_ns_(beginning.monotonic_ns),
      flushed_ns_(begin_ns_),
      // The texts of full rings come all at once, before the events that refer to them.
      texts_(queries.text, std::max(kHeldTextBytes, 2 * session.rings().record_bytes()),
             [this] { session_.forget_texts(); }),
      ledger_(probes, begin_ns_),
      matchers_(probes, ledger_, query_context(queries.known), begin_ns_),
      throttling_(session, probes, ledger_, cpu_) {
  PartRows rows;
  rows.clocks = {clock_sample(beginning)};
  sink_.write(rows);
  session_.start();
}

// Called only when there are hits; by then all members exist.
QueryContext Recorder::query_context(const KnownOfExecutions& known) {
  QueryContext queries;
  queries.known = known;
  queries.text_id = [this](const Text& text) { return sink_.text_id(text); };
  queries.text_of = [this](const QueryHit& query, const ThreadKey& thread) {
    if (query.fastpath) return texts_.fastpath();
    return query.unreadable ? texts_.unreadable() : texts_.find(query.query.key, thread);
  };
  queries.leader_of = [this](std::uint32_t pid) { return processes_.titles.leader_of(pid); };
  queries.other_session = [this](std::uint32_t pid, std::uint64_t at_ns) {
    return processes_.other_session(pid, at_ns);
  };
  return queries;
}

// What a process runs is true only if it has reported nothing between the beginning and now, which
// the kernel side knows.
void Recorder::begin_with(const std::vector<ServerProcess>& processes) {
  for (const ServerProcess& process : processes) {
    processes_.found(process, begin_ns_);
    if (process.in_transaction && session_.seed(idle_statement(process)))
      take(idle_hit(process, begin_ns_, probes_.hooks()));
    if (!process.query) continue;
    const wire_statement statement = running_statement(process, monotonic_ns());
    if (!session_.seed(statement)) continue;
    texts_.add(statement.key, *process.query, process.cut ? 0 : process.query->size(),
               process.client);
    take(running_hit(process, statement, begin_ns_, probes_.hooks()));
  }
}

Duration Recorder::elapsed() const {
  return Duration((end_ns_ ? end_ns_ : monotonic_ns()) - recording_began_ns_);
}

Timestamp Recorder::timestamp(std::uint64_t ns) const {
  return from_ns(static_cast<std::int64_t>(ns - begin_ns_));
}

std::size_t Recorder::round() {
  taken_in_ = 0;
  const std::uint64_t now = monotonic_ns();
  const std::uint64_t watermark = now - kSlackNs;
  const bool complete = drain();
  if (now - looked_ns_ >= kLookNs) {
    looked_ns_ = now;
    processes_.titles.look_up();
  }
  look_for_losses();
  if (complete) {
    end_intervals(watermark);
    release(watermark);
    if (!full_) matchers_.forget_vanished(watermark, std::bind_front(&Recorder::append, this));
    matchers_.keep_idle(session_.changes().may_double(watermark));
    if (!full_ && sink_.is_full(timestamp(watermark))) change_part(watermark);
  }
  ledger_.end_round(complete);
  if (!full_) keep_limit(now);
  if (!full_ && now - flushed_ns_ >= kFlushNs) {
    if (complete) processes_.sessions.forget_before(watermark);
    flush(now);
  }
  return taken_in_;
}

bool Recorder::drain() {
  const bool complete =
      take_in(session_.rings(), {probes_.hooks(), probes_.points().first, probes_.classes()},
              [this](auto&& decoded) { take(std::forward<decltype(decoded)>(decoded)); });
  for (ThreadHit& end : session_.take_late_ends()) {
    if (end.hit.ts_ns == 0) cpu_.ended(end.thread, Duration(end.hit.sp));
    if (end.hit.ts_ns > 0) take(std::move(end));
  }
  return complete;
}

// Nothing comes into the rings any more, and what was being written is whole in a moment. If it
// never is, the books do not balance, and `pgrec verify` says so.
void Recorder::drain_rest() {
  constexpr std::uint64_t kLongNs = 1'000'000'000;
  const std::uint64_t begun = monotonic_ns();
  while (!drain() && monotonic_ns() - begun < kLongNs)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

// Texts and names are taken in at once: whatever refers to them comes later.
void Recorder::take(const TextHit& piece) {
  ++taken_in_;
  ledger_.add_recorded(probes_.hooks());
  texts_.add(piece);
}

void Recorder::take(ThreadHit&& hit) {
  ++taken_in_;
  if (hit.hit.kind != WIRE_GONE) {
    processes_.titles.seen(hit.thread.pid);
    cpu_.seen(hit.thread);
  }
  order_.add(std::move(hit));
}

void Recorder::look_for_losses() {
  const std::uint64_t lost = session_.counters().lost_events();
  if (lost == lost_seen_) return;
  lost_seen_ = lost;
  ledger_.set_counts_after_losses(session_.counters().counts());
}

// Hands on what is from up to `watermark_ns`, to which nothing is missing any more. Where that is
// more than a chunk, it goes stretch by stretch: each hands on all threads up to the same moment,
// so that a chunk is cut, or a part ended, exactly there.
void Recorder::release(std::uint64_t watermark_ns) {
  if (full_ || order_.earliest_ns() == 0) return;
  // An enter that waited for how long its call takes can be from before this part.
  const std::uint64_t first = std::max(order_.earliest_ns(), begin_ns_);
  if (first > watermark_ns) return;
  const std::uint64_t stretches = 1 + order_.size() / kChunkEvents;
  for (std::uint64_t i = 1; i <= stretches; ++i) {
    const std::uint64_t until = first + (watermark_ns - first) / stretches * i;
    order_.release(i == stretches ? watermark_ns : until,
                   [this](const ThreadKey& thread, std::span<Hit> hits) { match(thread, hits); });
    if (sink_.pending_events() >= kChunkEvents) sink_.cut();
    if (i == stretches || !sink_.is_full(timestamp(until))) continue;
    change_part(until);
    if (full_) return;
  }
}

void Recorder::match(const ThreadKey& thread, std::span<Hit> hits) {
  const bool ends = hits.back().kind == WIRE_GONE;
  const std::uint64_t last_ns = hits.back().ts_ns;
  if (ends) cpu_.ended(thread, Duration(hits.back().sp));
  // Threads of the whole machine end; only those seen matter.
  if (hits.front().kind != WIRE_GONE || processes_.titles.knows(thread.pid)) {
    if (ends && thread.pid == thread.tid) processes_.titles.ended(thread.pid, last_ns);
    if (hits.front().kind != WIRE_GONE) processes_.titles.in_part(thread.pid);
    append(thread, matchers_.match(thread, hits));
    if (ends && thread.pid == thread.tid) processes_.sessions.ended(thread.pid, last_ns);
  }
  if (ends) texts_.ended(thread, last_ns);
}

void Recorder::append(const ThreadKey& thread, MatchedEvents& matched) {
  sink_.append(thread, matched.events, matched.arguments);
}

// Where ends of threads were lost, looks which threads are still there.
void Recorder::look_for_vanished() {
  if (session_.counters().lost_thread_ends() == lost_thread_ends_seen_) return;
  lost_thread_ends_seen_ = session_.counters().lost_thread_ends();
  matchers_.look_for_vanished(monotonic_ns);
  texts_.forget_threads([](const ThreadKey& thread) { return is_gone(thread.tid); });
}

void Recorder::flush(std::uint64_t now_ns) {
  look_for_vanished();
  sink_.cut();
  ledger_.set_without_room(sink_.left_out());
  PartRows rows;
  rows.processes = processes_.titles.take(false, begin_ns_);
  if (session_.filters()) ledger_.set_counts(session_.counters().counts());
  rows.losses = ledger_.take_losses(now_ns);
  if (session_.filters()) rows.accounts = ledger_.take_accounts(session_.counters().short_calls());
  if (now_ns - clocks_written_ns_ >= kClockSampleNs) rows.clocks = {clock_sample(now_on_both())};
  sink_.write(rows);
  flushed_ns_ = now_ns;
}

ClockSample Recorder::clock_sample(const Moment& moment) {
  clocks_written_ns_ = moment.monotonic_ns;
  return {timestamp(moment.monotonic_ns), moment.realtime_ns};
}

void Recorder::keep_limit(std::uint64_t now_ns) {
  PartRows rows;
  rows.facts = throttling_.go_on(now_ns, elapsed());
  if (!rows.facts.empty()) sink_.write(rows);
  // From before the first hits that count twice on; until they are all matched, in round().
  if (session_.changes().may_double(now_ns)) matchers_.keep_idle(true);
}

// Once recording has stopped, what is used does not count any more.
RecordingCost Recorder::cost() {
  const Counters& counters = session_.counters();
  return {ledger_.calls(), ledger_.stepped_calls(), sink_.executions(),
          stopped_ ? cpu_.known() : cpu_.used(),
          counters.lost_events() + counters.lost_thread_ends() > 0};
}

// Enters that waited for their calls to be long enough, when recording stopped: calls that were
// open for so long are, the others are filtered.
void Recorder::take_waiting() {
  for (const wire_thread& thread : session_.counters().waiting()) {
    for (std::uint32_t place = thread.first; place != thread.end; ++place) {
      const wire_pending_enter& enter = thread.pending[place % WIRE_PENDING];
      if (enter.ts_ns <= end_ns_ && Duration(end_ns_ - enter.ts_ns) < session_.min_duration()) {
        ledger_.add_filtered(enter.probe);
      } else {
        take(waiting_hit(thread, enter));
      }
    }
  }
}

// `at_ns` is a moment to which everything is here. release() has handed all of that on, and what is
// later still waits; so every event is in one part, and none in both. The next part's file is made
// first: if that fails, the old part ends the trace. close_part() leaves open what is open, and
// begin_part() begins it again.
void Recorder::change_part(std::uint64_t at_ns) {
  const Moment at = now_on_both().moved_to(at_ns);
  if (!sink_.goes_on()) return stop_taking(at_ns, sink_.why_full());
  try {
    sink_.prepare_next(at);
  } catch (const Error& error) {
    failure_ = error;
    return stop_taking(at_ns, std::string("an error: ") + error.what());
  }
  close_part(at);
  sink_.go_on(timestamp(at_ns));
  begin_part(at);
}

void Recorder::stop_taking(std::uint64_t at_ns, std::string why) {
  end_ns_ = at_ns;
  full_ = std::move(why);
}

// Losses without a number are written before the chunk is cut, which then has them in its summary.
void Recorder::end_matching(const Moment& end) {
  matchers_.finish(end.monotonic_ns, std::bind_front(&Recorder::append, this));
  PartRows rows;
  rows.losses = ledger_.uncounted(end.monotonic_ns);
  sink_.write(rows);
  sink_.cut();
  ledger_.set_without_room(sink_.left_out());
  ledger_.set_without_memory(without_memory());
  if (session_.filters()) ledger_.set_counts(session_.counters().counts());
}

void Recorder::end_part(const Moment& end, const std::string& ended_by, PartRows rows) {
  rows.processes = processes_.titles.take(true, begin_ns_);
  rows.clocks = {clock_sample(end)};
  rows.facts.emplace_back("record.ended_by", ended_by);
  sink_.write(rows);
}

// What was lost by now may have been lost after `end`; the time told of the loss says so.
void Recorder::close_part(const Moment& end) {
  end_matching(end);
  const std::uint64_t now_ns = std::max(monotonic_ns(), flushed_ns_);
  end_part(end, "rotation: it goes on in " + sink_.next_name(),
           ledger_.close_part(now_ns, session_.counters().short_calls()));
}

// Where the trace was full before, recording went on until now.
void Recorder::close(const Moment& end, const std::string& ended_by) {
  end_matching(end);
  const std::uint64_t now_ns = std::max(full_ ? monotonic_ns() : end.monotonic_ns, flushed_ns_);
  PartRows rows = ledger_.close(now_ns, session_.counters().short_calls());
  const Metadata facts = last_facts();
  rows.facts.insert(rows.facts.end(), facts.begin(), facts.end());
  end_part(end, ended_by, std::move(rows));
}

Metadata Recorder::last_facts() {
  Metadata facts;
  const auto missed = missed_hits();
  if (!missed || *missed > 0)
    facts.emplace_back("events.missed", missed ? std::to_string(*missed) : "");
  if (lost_children() > 0)
    facts.emplace_back("record.lost_children", std::to_string(lost_children()));
  add_facts(cost(), probe_cost_, facts);
  return facts;
}

// Processes of hits that still wait are seen in the new part, but in it only once a hit is.
void Recorder::begin_part(const Moment& beginning) {
  begin_ns_ = flushed_ns_ = beginning.monotonic_ns;
  ledger_.begin_part(begin_ns_);
  PartRows rows;
  rows.clocks = {clock_sample(beginning)};
  rows.facts = throttling_.guard().facts();
  sink_.write(rows);
  processes_.titles.begin_part();
  order_.look_at_waiting([this](const ThreadKey& thread, const Hit& hit) {
    if (hit.kind != WIRE_GONE) processes_.titles.seen(thread.pid);
  });
  matchers_.begin_part(begin_ns_, [this](const ThreadKey& thread, MatchedEvents& matched) {
    append(thread, matched);
    processes_.titles.seen(thread.pid);
    if (!matched.events.empty()) processes_.titles.in_part(thread.pid);
  });
  sink_.begun_again();
}

void Recorder::end_intervals(std::uint64_t watermark_ns) {
  while (intervals_ && !full_ && intervals_->end_ns() <= watermark_ns) {
    release(intervals_->end_ns());
    if (full_) return;
    sink_.cut();
    end_interval(now_on_both().moved_to(intervals_->end_ns()), false);
  }
}

void Recorder::end_interval(const Moment& at, bool last) {
  ledger_.set_counts(session_.counters().counts());
  IntervalEnd end;
  end.at = at;
  end.last = last;
  end.counts = ledger_.counts();
  end.short_calls = session_.counters().short_calls();
  end.without_room = sink_.left_out();
  end.without_room.resize(probes_.size());
  end.filtered_events = ledger_.filtered();
  for (const TakenOff& one : taken_off())
    end.taken_off.push_back(value(one.function));
  intervals_->end(std::move(end));
}

void Recorder::finish(const std::string& ended_by) {
  session_.stop();
  const Moment now = now_on_both();
  if (!full_) end_ns_ = now.monotonic_ns;
  drain_rest();
  // First of those that live, so that whoever ends meanwhile is known by its end.
  cpu_.used();
  drain();
  stopped_ = true;
  take_waiting();
  processes_.titles.look_up();
  look_for_losses();
  ledger_.set_counts(session_.counters().counts());
  end_intervals(end_ns_);
  release(now.monotonic_ns);
  release(monotonic_ns());
  order_.look_at_waiting([this](const ThreadKey& thread, const Hit& hit) {
    ledger_.leave_out(hit);
    if (hit.kind == WIRE_GONE) cpu_.ended(thread, Duration(hit.sp));
  });
  // Also what waited until now can have made it full.
  const Moment end = now.moved_to(end_ns_);
  close(end, full_.value_or(ended_by));
  sink_.close(timestamp(end_ns_));
  if (intervals_) end_interval(end, true);
}

}  // namespace pgrec

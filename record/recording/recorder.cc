#include "record/recording/recorder.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "format/print/units.h"
#include "record/kernel/intake.h"

namespace pgrec {
namespace {

constexpr std::uint32_t kChunkEvents = 128 * 1024;
constexpr std::uint64_t kFlushNs = 1'000'000'000;
constexpr std::uint64_t kLookNs = 20'000'000;
constexpr std::uint64_t kLimitNs = 250'000'000;
constexpr std::uint64_t kClockSampleNs = 10'000'000'000;
// A thousand functions on a hundred CPUs are more losses than one frame may hold.
constexpr std::ptrdiff_t kLossesOfFrame = 16 * 1024;
// Between a clock read on one CPU and a position read on another: room for store buffers, and for
// what the kernel's and the process's reading of the clock may differ by while it is slewed.
constexpr std::uint64_t kSlackNs = 1'000'000;
constexpr std::uint64_t kHeldTextBytes = 64u << 20;
// Keys of the kernel side are hashes: that one of them is among these is as likely as two that are
// the same.
constexpr std::uint64_t kFirstKey = 0x7067'7265'6300'0000;

// The place of the activity function, which is the last, among those before it.
std::optional<std::uint32_t> activity_among(const std::vector<Function>& functions) {
  const Function& activity = functions.back();
  for (std::uint32_t probe = 0; probe + 1 < functions.size(); ++probe) {
    const Function& function = functions[probe];
    if (function.binary == activity.binary && function.file_offset == activity.file_offset)
      return probe;
  }
  return std::nullopt;
}

// `now`, moved to another moment on its first clock that is near it.
Moment moved(const Moment& now, std::uint64_t monotonic_ns) {
  return {monotonic_ns,
          now.realtime_ns + static_cast<std::int64_t>(monotonic_ns - now.monotonic_ns)};
}

// What `now` has and `before` has not.
Account difference(const Account& now, const Account& before) {
  Account added = now;
  added.fired -= before.fired;
  added.recorded -= before.recorded;
  added.filtered -= before.filtered;
  added.short_calls.subtract(before.short_calls);
  return added;
}

}  // namespace

const char* name(wire_loss cause) {
  static constexpr std::array<const char*, WIRE_LOSSES> kNames = {"ring-full", "no-ring",
                                                                  "ring-busy", "map-full"};
  return kNames.at(cause);
}

Recorder::Recorder(KernelSession& session, RecordingOutput& parts,
                   const std::vector<Function>& functions, const Moment& beginning,
                   const std::optional<Duration>& call_cost, const Queries& queries,
                   std::vector<EventClass> points)
    : session_(session),
      call_cost_(call_cost),
      parts_(parts),
      writer_(parts.writer()),
      recording_began_ns_(beginning.monotonic_ns),
      begin_ns_(beginning.monotonic_ns),
      flushed_ns_(begin_ns_),
      recorded_(functions.size()),
      filtered_(functions.size()),
      accounts_(functions.size()),
      accounts_before_(functions.size()),
      left_out_(functions.size()),
      texts_(queries.text, kHeldTextBytes, [this] { session_.forget_texts(); }),
      points_(std::move(points)),
      counts_(functions.size()),
      written_counts_(functions.size()),
      lost_ends_before_(functions.size()),
      lost_ends_last_(functions.size()),
      lost_ends_now_(functions.size()) {
  context_.begin_ns = begin_ns_;
  context_.activity_probe = static_cast<std::uint32_t>(functions.size() - 1);
  context_.activity_function = activity_among(functions);
  context_.first_point = context_.activity_probe - static_cast<std::uint32_t>(points_.size());
  context_.lost_ends_before = &lost_ends_before_;
  context_.lost_ends_now = &lost_ends_now_;
  context_.recorded = &recorded_;
  context_.filtered = &filtered_;
  context_.doubles = &left_out_;
  context_.queries = &queries_;
  queries_.known = queries.known;
  queries_.begin_ns = begin_ns_;
  queries_.text_id = [this](const Text& text) { return writer_.text_id(text); };
  queries_.text_of = [this](const QueryHit& query, const ThreadKey& thread) {
    if (query.fastpath) return texts_.fastpath();
    return query.unreadable ? texts_.unreadable() : texts_.find(query.query.key, thread);
  };
  queries_.leader_of = [this](std::uint32_t pid) { return titles_.leader_of(pid); };
  write_clocks(beginning);
  session_.start();
}

// What a process runs is true only if it has reported nothing between the beginning and now, which
// the kernel side knows.
void Recorder::begin_with(const std::vector<ServerProcess>& processes) {
  for (const ServerProcess& process : processes) {
    titles_.found_application(process.pid, process.application);
    if (!process.query) continue;
    wire_statement statement{};
    statement.pid_tgid = std::uint64_t{process.pid} << 32 | process.pid;
    statement.key = kFirstKey + process.pid;
    statement.ran_ns = monotonic_ns();
    std::copy(std::begin(process.usage), std::end(process.usage), std::begin(statement.usage));
    statement.phase = process.client ? WIRE_PHASE_RUNNING : WIRE_PHASE_PREPARING;
    statement.has_client = process.client ? 1 : 0;
    statement.recorded = 1;
    if (!session_.seed(statement)) continue;
    texts_.add(statement.key, *process.query, process.cut ? 0 : process.query->size(),
               process.client);
    ThreadHit hit;
    hit.thread = {process.pid, process.pid};
    hit.hit.ts_ns = begin_ns_;
    hit.hit.sp = 0;  // nothing is dead by it
    hit.hit.probe = context_.activity_probe;
    hit.hit.kind = WIRE_BEGIN;
    hit.hit.query = std::make_unique<QueryHit>();
    hit.hit.query->query.key = statement.key;
    hit.hit.query->client = process.client;
    hit.hit.query->running_ns =
        static_cast<std::uint64_t>(process.running.value_or(Duration{}).count());
    take(std::move(hit));
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
    titles_.look_up();
  }
  read_counts();
  if (complete) {
    end_intervals(watermark);
    release(watermark);
    if (!full_ && parts_.is_full(timestamp(watermark))) change_part(watermark);
    // Next time, what was known before this watermark was taken is what surely came before the hits
    // after it.
    lost_ends_before_ = lost_ends_last_;
  }
  lost_ends_last_ = lost_ends_now_;
  if (limit_ && !full_ && now - limit_kept_ns_ >= kLimitNs) {
    limit_kept_ns_ = now;
    keep_limit();
  }
  if (!full_ && now - flushed_ns_ >= kFlushNs) flush(now, false);
  return taken_in_;
}

bool Recorder::drain() {
  return take_in(session_.rings(), {context_.activity_probe, context_.first_point, points_},
                 [this](auto&& decoded) { take(std::forward<decltype(decoded)>(decoded)); });
}

// Texts and names are taken in at once: whatever refers to them comes later.
void Recorder::take(const TextHit& piece) {
  ++taken_in_;
  ++recorded_[context_.activity_probe];
  texts_.add(piece);
}

void Recorder::take(const NameHit& name) {
  ++taken_in_;
  ++recorded_[context_.activity_probe];
  if (name.is_application) {
    titles_.application(name.thread.pid, name.name);
  } else {
    titles_.named(name.thread.pid, name.ts_ns, name.name);
  }
}

void Recorder::take(ThreadHit&& hit) {
  ++taken_in_;
  if (hit.hit.kind != WIRE_GONE) {
    titles_.seen(hit.thread.pid);
    cpu_.seen(hit.thread);
  }
  order_.add(std::move(hit));
}

void Recorder::read_counts() {
  const std::uint64_t lost = session_.counters().lost_events();
  if (lost == lost_seen_) return;
  lost_seen_ = lost;
  counts_ = session_.counters().counts();
  for (std::size_t probe = 0; probe < counts_.size(); ++probe) {
    std::uint64_t& ends = lost_ends_now_[probe];
    ends = is_taken_off(probe) ? 1 : 0;  // what was open then ends unseen
    for (const auto& of_cause : counts_[probe].sum.lost) {
      for (const wire_kind kind :
           {WIRE_EXIT, WIRE_BEGIN, WIRE_IDLE, WIRE_COMPLETED, WIRE_FAILED, WIRE_SUSPENDED})
        ends += of_cause[kind];
    }
  }
}

void Recorder::release(std::uint64_t watermark_ns) {
  if (full_ || order_.earliest_ns() == 0) return;
  // An enter that waited for how long its call takes can be from before this part.
  const std::uint64_t first = std::max(order_.earliest_ns(), begin_ns_);
  if (first > watermark_ns) return;
  // Many hits at once become several chunks, one stretch of time each.
  const std::uint64_t stretches = 1 + order_.size() / kChunkEvents;
  for (std::uint64_t i = 1; i <= stretches; ++i) {
    const std::uint64_t until = first + (watermark_ns - first) / stretches * i;
    order_.release(i == stretches ? watermark_ns : until,
                   [this](const ThreadKey& thread, std::span<Hit> hits) { match(thread, hits); });
    if (writer_.pending_events() >= kChunkEvents) writer_.cut();
    if (i == stretches || !parts_.is_full(timestamp(until))) continue;
    change_part(until);
    if (full_) return;
  }
}

void Recorder::match(const ThreadKey& thread, std::span<Hit> hits) {
  // Threads of the whole machine end; only those seen matter.
  if (hits.front().kind == WIRE_GONE && !titles_.knows(thread.pid)) return;
  const auto matcher = matchers_.try_emplace(thread, thread).first;
  const bool ends = hits.back().kind == WIRE_GONE;
  if (ends) {
    cpu_.ended(thread, Duration(hits.back().sp));
    if (thread.pid == thread.tid) titles_.ended(thread.pid, hits.back().ts_ns);
  }
  if (hits.front().kind != WIRE_GONE) titles_.in_part(thread.pid);
  matched_.clear();
  matcher->second.match(hits, context_, matched_);
  write(thread);
  if (ends || matcher->second.idle()) matchers_.erase(matcher);
}

// What its hits were matched into.
void Recorder::write(const ThreadKey& thread) {
  writer_.append(thread, matched_.events, std::move(matched_.arguments));
}

// Where ends of threads were lost, looks which threads are still there.
void Recorder::forget_vanished() {
  if (session_.counters().lost_thread_ends() == lost_thread_ends_seen_) return;
  lost_thread_ends_seen_ = session_.counters().lost_thread_ends();
  for (auto it = matchers_.begin(); it != matchers_.end();) {
    const std::string path = "/proc/" + std::to_string(it->first.tid);
    if (::access(path.c_str(), F_OK) == 0) {
      ++it;
      continue;
    }
    matched_.clear();
    it->second.abandon(matched_);
    write(it->first);
    it = matchers_.erase(it);
  }
}

void Recorder::flush(std::uint64_t now_ns, bool final) {
  if (!final) forget_vanished();
  writer_.cut();
  if (const auto processes = titles_.take(final, begin_ns_); !processes.empty())
    writer_.write(processes);
  if (session_.filters()) counts_ = session_.counters().counts();
  write_losses(now_ns);
  if (final || session_.filters()) write_accounts(end_ns_ != 0);
  if (!final && now_ns - clocks_written_ns_ >= kClockSampleNs) write_clocks(now_on_both());
  flushed_ns_ = now_ns;
}

void Recorder::write_losses(std::uint64_t now_ns) {
  std::vector<Loss> losses;
  for (std::size_t probe = 0; probe < counts_.size(); ++probe) {
    const FunctionId function{static_cast<std::uint32_t>(probe)};
    const auto& written = written_counts_[probe].lost_on;
    for (const auto& [cpu, lost] : counts_[probe].lost_on) {
      const auto before = written.find(cpu);
      for (unsigned cause = 0; cause < WIRE_LOSSES; ++cause) {
        const std::uint64_t events =
            lost[cause] - (before == written.end() ? 0 : before->second[cause]);
        if (events == 0) continue;
        losses.push_back({timestamp(flushed_ns_), timestamp(now_ns),
                          name(static_cast<wire_loss>(cause)), function, cpu, events});
      }
    }
  }
  if (losses.empty()) return;
  for (auto first = losses.begin(); first != losses.end();) {
    const auto last = first + std::min(kLossesOfFrame, losses.end() - first);
    writer_.write(std::vector<Loss>(first, last));
    first = last;
  }
  written_counts_ = counts_;
}

// What was added since the accounts written last. The kernel's counters and the rings cannot be
// read at one moment, so before the end what fired is what became of it; the last accounts have
// what the kernel counted and those before have not. So their sum is the kernel's, and whether it
// is balanced is known at the end, for the recording as a whole.
void Recorder::write_accounts(bool last) {
  const auto short_calls = session_.counters().short_calls();
  std::vector<Account> added;
  for (std::size_t probe = 0; probe < accounts_.size(); ++probe) {
    Account now;
    now.function = FunctionId{static_cast<std::uint32_t>(probe)};
    now.recorded = recorded_[probe];
    now.filtered = counts_[probe].filtered() + filtered_[probe];
    now.short_calls = short_calls[probe];
    now.fired = last ? counts_[probe].fired() - left_out_[probe]
                     : now.recorded + now.filtered + written_counts_[probe].lost();
    Account since = difference(now, accounts_[probe]);
    if (since.fired > 0) added.push_back(std::move(since));
    accounts_[probe] = std::move(now);
  }
  if (!added.empty()) writer_.write(added);
}

bool Recorder::is_taken_off(std::size_t probe) const {
  return std::any_of(taken_off_.begin(), taken_off_.end(),
                     [&](const TakenOff& one) { return value(one.function) == probe; });
}

void Recorder::keep_limit() {
  if (!session_.attachments().can_take_off()) return;
  const auto hits = [this] {
    const auto counts = session_.counters().counts();
    std::vector<std::uint64_t> of_functions;
    for (std::size_t probe = 0; probe + 1 < counts.size(); ++probe)
      of_functions.push_back(counts[probe].fired() - counts[probe].foreign());
    return of_functions;
  };
  const auto verdict = limit_->check(hits(), cpu_.used());
  if (verdict.off.empty() || !session_.attachments().take_off(verdict.off)) return;
  const std::uint64_t now = monotonic_ns();
  for (const std::size_t function : verdict.off) {
    taken_off_.push_back(
        {FunctionId{static_cast<std::uint32_t>(function)}, now, elapsed(), verdict.share});
    ++lost_ends_now_[function];
  }
  writer_.write(taken_off_facts());
  limit_->restart(hits(), cpu_.used());
}

// What came after a probe was taken off is not recorded, and nobody counted it.
void Recorder::write_taken_off(std::uint64_t end_ns) {
  std::vector<Loss> losses;
  for (const TakenOff& one : taken_off_) {
    losses.push_back({timestamp(std::max(one.at_ns, begin_ns_)),
                      timestamp(std::max(end_ns, begin_ns_)), "throttled", one.function,
                      std::nullopt, 0});
  }
  if (!losses.empty()) writer_.write(losses);
}

Metadata Recorder::taken_off_facts() const {
  Metadata facts;
  for (const TakenOff& one : taken_off_) {
    facts.emplace_back("record.throttled." + std::to_string(value(one.function)),
                       "after " + duration_text(one.after) + ", when the probes took " +
                           fixed_text(100 * one.share, 1) + " % of the CPU time");
  }
  return facts;
}

RecordingCost Recorder::cost() {
  RecordingCost cost;
  for (std::size_t probe = 0; probe + 1 < counts_.size(); ++probe)
    cost.calls += (counts_[probe].fired() - counts_[probe].foreign() + 1) / 2;
  cost.executions = parts_.executions();
  cost.cpu = cpu_.used();
  return cost;
}

void Recorder::write_clocks(const Moment& moment) {
  writer_.write(std::vector<ClockSample>{{timestamp(moment.monotonic_ns), moment.realtime_ns}});
  clocks_written_ns_ = moment.monotonic_ns;
}

// fired = recorded + lost, for readers that do not know of accounts.
Metadata Recorder::balance() const {
  Account all;
  for (std::size_t probe = 0; probe < accounts_.size(); ++probe)
    all.merge(difference(accounts_[probe], accounts_before_[probe]));
  Metadata facts = {{"events.lost", std::to_string(writer_.lost_events())}};
  if (all.filtered > 0) return facts;
  facts.insert(facts.begin(), {{"events.fired", std::to_string(all.fired)},
                               {"events.recorded", std::to_string(all.recorded)}});
  return facts;
}

// Enters that waited for their calls to be long enough, when recording stopped: calls that were
// open for so long are, the others are filtered.
void Recorder::take_waiting() {
  for (const wire_thread& thread : session_.counters().waiting()) {
    for (std::uint32_t place = thread.first; place != thread.end; ++place) {
      const wire_pending_enter& enter = thread.pending[place % WIRE_PENDING];
      if (enter.ts_ns <= end_ns_ && Duration(end_ns_ - enter.ts_ns) < session_.min_duration()) {
        ++filtered_[enter.probe];
        continue;
      }
      ThreadHit hit;
      hit.thread = {static_cast<std::uint32_t>(thread.pid_tgid >> 32),
                    static_cast<std::uint32_t>(thread.pid_tgid)};
      hit.hit.ts_ns = enter.ts_ns;
      hit.hit.sp = enter.sp;
      hit.hit.probe = enter.probe;
      hit.hit.chained = (enter.flags & WIRE_CHAINED) != 0;
      hit.hit.odd = (enter.flags & WIRE_ODD) != 0;
      hit.hit.waited = true;
      take(std::move(hit));
    }
  }
}

// What was lost by now may have been lost after `end`, if recording goes on; the time told of the
// loss says so.
void Recorder::end_part(const Moment& end, const std::string& ended_by, bool last) {
  write_taken_off(end.monotonic_ns);
  flush(std::max(last && !full_ ? end.monotonic_ns : monotonic_ns(), flushed_ns_), true);
  write_clocks(end);
  Metadata facts = balance();
  if (last) {
    const auto missed = missed_hits();
    if (!missed || *missed > 0)
      facts.emplace_back("events.missed", missed ? std::to_string(*missed) : "");
    if (lost_children() > 0)
      facts.emplace_back("record.lost_children", std::to_string(lost_children()));
    const RecordingCost paid = cost();
    facts.emplace_back("record.cpu_ns", std::to_string(paid.cpu.count()));
    if (call_cost_) {
      facts.emplace_back("record.cost_ns", std::to_string(call_cost_->count() *
                                                          static_cast<std::int64_t>(paid.calls)));
    }
  }
  facts.emplace_back("record.ended_by", ended_by);
  writer_.write(facts);
}

void Recorder::begin_part(const Moment& beginning) {
  begin_ns_ = flushed_ns_ = beginning.monotonic_ns;
  accounts_before_ = accounts_;
  context_.begin_ns = queries_.begin_ns = begin_ns_;
  write_clocks(beginning);
  if (!taken_off_.empty()) writer_.write(taken_off_facts());
  titles_.begin_part();
  order_.look_at_waiting([this](const ThreadKey& thread, std::span<const Hit> hits) {
    if (hits.front().kind != WIRE_GONE) titles_.seen(thread.pid);
  });
  for (auto it = matchers_.begin(); it != matchers_.end();) {
    matched_.clear();
    it->second.begin_part(context_, matched_);
    const bool in_part = !matched_.events.empty();
    write(it->first);
    titles_.seen(it->first.pid);
    if (in_part) titles_.in_part(it->first.pid);
    it = it->second.idle() ? matchers_.erase(it) : std::next(it);
  }
  parts_.begun_again();
}

void Recorder::change_part(std::uint64_t at_ns) {
  const Moment at = moved(now_on_both(), at_ns);
  if (!parts_.goes_on()) {
    full_ = parts_.why_full();
    end_ns_ = at_ns;
    return;
  }
  try {
    parts_.prepare_next(at);
  } catch (const Error& error) {
    full_ = std::string("an error: ") + error.what();
    failure_ = error;
    end_ns_ = at_ns;
    return;
  }
  for (auto& [thread, matcher] : matchers_) {
    matched_.clear();
    matcher.finish(context_, matched_);
    write(thread);
  }
  end_part(at, "rotation: it goes on in " + parts_.next_name(), false);
  parts_.go_on(timestamp(at_ns));
  begin_part(at);
}

void Recorder::report_every(Duration interval, std::function<void(IntervalEnd)> ended) {
  interval_ = interval;
  interval_end_ns_ = recording_began_ns_ + static_cast<std::uint64_t>(interval.count());
  interval_ended_ = std::move(ended);
}

void Recorder::end_intervals(std::uint64_t watermark_ns) {
  while (interval_ended_ && !full_ && interval_end_ns_ <= watermark_ns) {
    release(interval_end_ns_);
    if (full_) return;
    writer_.cut();
    end_interval(moved(now_on_both(), interval_end_ns_), false);
    interval_end_ns_ += static_cast<std::uint64_t>(interval_.count());
  }
}

void Recorder::end_interval(const Moment& at, bool last) {
  IntervalEnd end;
  end.at = at;
  end.elapsed = Duration(at.monotonic_ns - recording_began_ns_);
  end.last = last;
  end.counts = counts_ = session_.counters().counts();
  end.short_calls = session_.counters().short_calls();
  for (std::size_t probe = 0; probe < end.counts.size(); ++probe)
    end.filtered_events += end.counts[probe].filtered() + filtered_[probe];
  for (const TakenOff& one : taken_off_)
    end.taken_off.push_back(value(one.function));
  interval_ended_(std::move(end));
}

void Recorder::finish(const std::string& ended_by) {
  session_.stop();
  const Moment now = now_on_both();
  const Moment end = full_ ? moved(now, end_ns_) : now;
  end_ns_ = end.monotonic_ns;
  // Nothing comes into the rings any more, so one drain takes in everything.
  drain();
  take_waiting();
  titles_.look_up();
  read_counts();
  counts_ = session_.counters().counts();
  end_intervals(end_ns_);
  release(now.monotonic_ns);
  release(monotonic_ns());
  order_.look_at_waiting([this](const ThreadKey& /*thread*/, std::span<const Hit> hits) {
    for (const Hit& hit : hits)
      left_out_[hit.probe] += hit.fired() ? 1 : 0;
  });
  for (auto& [thread, matcher] : matchers_) {
    matched_.clear();
    matcher.finish(context_, matched_);
    write(thread);
  }
  end_part(end, full_.value_or(ended_by), true);
  parts_.close(timestamp(end_ns_));
  if (interval_ended_) end_interval(end, true);
}

}  // namespace pgrec

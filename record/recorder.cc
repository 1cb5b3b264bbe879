#include "record/recorder.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>

namespace pgrec {
namespace {

constexpr std::uint32_t kChunkEvents = 128 * 1024;
constexpr std::uint64_t kFlushNs = 1'000'000'000;
constexpr std::uint64_t kClockSampleNs = 10'000'000'000;
// A thousand functions on a hundred CPUs are more losses than one frame may hold.
constexpr std::ptrdiff_t kLossesOfFrame = 16 * 1024;
// Between a clock read on one CPU and a position read on another: room for store buffers, and for
// what the kernel's and the process's reading of the clock may differ by while it is slewed.
constexpr std::uint64_t kSlackNs = 1'000'000;

// `now`, moved to another moment on its first clock that is near it.
Moment moved(const Moment& now, std::uint64_t monotonic_ns) {
  return {monotonic_ns,
          now.realtime_ns + static_cast<std::int64_t>(monotonic_ns - now.monotonic_ns)};
}

}  // namespace

const char* name(wire_loss cause) {
  static constexpr std::array<const char*, WIRE_LOSSES> kNames = {"ring-full", "no-ring"};
  return kNames.at(cause);
}

Recorder::Recorder(BpfSession& session, Parts& parts, std::size_t functions,
                   const Moment& beginning)
    : session_(session),
      parts_(parts),
      writer_(parts.writer()),
      recording_began_ns_(beginning.monotonic_ns),
      begin_ns_(beginning.monotonic_ns),
      flushed_ns_(begin_ns_),
      counts_(functions),
      written_counts_(functions),
      lost_ends_before_(functions),
      lost_ends_last_(functions),
      lost_ends_now_(functions) {
  context_.begin_ns = begin_ns_;
  context_.activity_probe = static_cast<std::uint32_t>(functions - 1);
  context_.lost_ends_before = &lost_ends_before_;
  context_.lost_ends_now = &lost_ends_now_;
  context_.text_id = [this](const Text& text) { return writer_.text_id(text); };
  write_clocks(beginning);
  session_.start();
}

Duration Recorder::elapsed() const {
  return Duration((end_ns_ ? end_ns_ : monotonic_ns()) - recording_began_ns_);
}

Timestamp Recorder::timestamp(std::uint64_t ns) const {
  return from_ns(static_cast<std::int64_t>(ns - begin_ns_));
}

void Recorder::round() {
  const std::uint64_t now = monotonic_ns();
  const std::uint64_t watermark = now - kSlackNs;
  const bool complete = drain();
  titles_.look_up();
  read_counts();
  if (complete) {
    release(watermark);
    if (!full_ && parts_.is_full(timestamp(watermark))) change_part(watermark);
    // Next time, what was known before this watermark was taken is what surely came before the hits
    // after it.
    lost_ends_before_ = lost_ends_last_;
  }
  lost_ends_last_ = lost_ends_now_;
  if (!full_ && now - flushed_ns_ >= kFlushNs) flush(now, false);
}

bool Recorder::drain() {
  bool complete = true;
  for (Ring& ring : session_.rings()) {
    const bool drained = ring.drain([this](std::span<const std::byte> record) {
      auto hit = decode_wire(record);
      if (!hit) return;
      if (hit->hit.kind == WIRE_GONE) {
        // Threads of the whole machine end; only those seen matter.
        if (!titles_.knows(hit->thread.pid)) return;
      } else {
        titles_.seen(hit->thread.pid);
        ++recorded_;
      }
      order_.add(std::move(*hit));
    });
    complete = complete && drained;
  }
  return complete;
}

void Recorder::read_counts() {
  const std::uint64_t lost = session_.lost_events();
  if (lost == lost_seen_) return;
  lost_seen_ = lost;
  counts_ = session_.counts();
  for (std::size_t probe = 0; probe < counts_.size(); ++probe) {
    std::uint64_t& ends = lost_ends_now_[probe];
    ends = 0;
    for (const auto& of_cause : counts_[probe].sum.lost) {
      for (const wire_kind kind : {WIRE_EXIT, WIRE_BEGIN, WIRE_MORE, WIRE_IDLE})
        ends += of_cause[kind];
    }
  }
}

void Recorder::release(std::uint64_t watermark_ns) {
  const std::uint64_t first = order_.earliest_ns();
  if (full_ || first == 0 || first > watermark_ns) return;
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
  const auto matcher = matchers_.try_emplace(thread).first;
  const bool ends = hits.back().kind == WIRE_GONE;
  if (hits.front().kind != WIRE_GONE) titles_.in_part(thread.pid);
  events_.clear();
  matcher->second.match(hits, context_, events_);
  writer_.append(thread, events_);
  if (ends || matcher->second.idle()) matchers_.erase(matcher);
}

// Where ends of threads were lost, looks which threads are still there.
void Recorder::forget_vanished() {
  if (session_.lost_thread_ends() == lost_thread_ends_seen_) return;
  lost_thread_ends_seen_ = session_.lost_thread_ends();
  for (auto it = matchers_.begin(); it != matchers_.end();) {
    const std::string path = "/proc/" + std::to_string(it->first.tid);
    if (::access(path.c_str(), F_OK) == 0) {
      ++it;
      continue;
    }
    events_.clear();
    it->second.abandon(events_);
    writer_.append(it->first, events_);
    it = matchers_.erase(it);
  }
}

void Recorder::flush(std::uint64_t now_ns, bool final) {
  if (!final) forget_vanished();
  writer_.cut();
  if (const auto processes = titles_.take(final); !processes.empty()) writer_.write(processes);
  write_losses(now_ns);
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

void Recorder::write_clocks(const Moment& moment) {
  writer_.write(std::vector<ClockSample>{{timestamp(moment.monotonic_ns), moment.realtime_ns}});
  clocks_written_ns_ = moment.monotonic_ns;
}

// fired = recorded + lost; anyone can check it. What fired is known for the recording as a whole,
// because the kernel's counters and the rings cannot be read at one moment: the last part has what
// the kernel counted and the others do not have, so the sum over all parts is the kernel's, and the
// last one's check is that of them all. What waits to be put in order is not in this part; when
// recording stopped because the trace was full, it is in none.
Metadata Recorder::balance(bool last) {
  std::uint64_t waiting = 0;
  order_.look_at_waiting([&](const ThreadKey& /*thread*/, std::span<const Hit> hits) {
    for (const Hit& hit : hits)
      waiting += hit.kind == WIRE_GONE ? 0 : 1;
  });
  const std::uint64_t recorded = recorded_ - waiting - recorded_before_;
  std::uint64_t fired = recorded + writer_.lost_events();
  if (last) {
    fired = 0;
    for (const ProbeCounts& counts : counts_) {
      for (const std::uint64_t of_kind : counts.sum.fired)
        fired += of_kind;
    }
    fired -= waiting + fired_before_;
  }
  recorded_before_ += recorded;
  fired_before_ += fired;
  return {{"events.fired", std::to_string(fired)},
          {"events.recorded", std::to_string(recorded)},
          {"events.lost", std::to_string(writer_.lost_events())}};
}

// What was lost by now may have been lost after `end`, if recording goes on; the time told of the
// loss says so.
void Recorder::end_part(const Moment& end, const std::string& ended_by, bool last) {
  flush(std::max(last && !full_ ? end.monotonic_ns : monotonic_ns(), flushed_ns_), true);
  write_clocks(end);
  Metadata facts = balance(last);
  facts.emplace_back("record.ended_by", ended_by);
  writer_.write(facts);
}

void Recorder::begin_part(const Moment& beginning) {
  begin_ns_ = flushed_ns_ = beginning.monotonic_ns;
  context_.begin_ns = begin_ns_;
  write_clocks(beginning);
  titles_.begin_part();
  order_.look_at_waiting(
      [this](const ThreadKey& thread, std::span<const Hit> /*hits*/) { titles_.seen(thread.pid); });
  for (auto it = matchers_.begin(); it != matchers_.end();) {
    events_.clear();
    it->second.begin_part(context_, events_);
    writer_.append(it->first, events_);
    titles_.seen(it->first.pid);
    if (!events_.empty()) titles_.in_part(it->first.pid);
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
    events_.clear();
    matcher.end_part(context_, events_);
    writer_.append(thread, events_);
  }
  end_part(at, "rotation: it goes on in " + parts_.next_name(), false);
  parts_.go_on(timestamp(at_ns));
  begin_part(at);
}

void Recorder::finish(const std::string& ended_by) {
  session_.stop();
  const Moment now = now_on_both();
  session_.detach();
  // No program runs any more, so one drain takes in everything; what a program wrote after the stop
  // is in it too.
  drain();
  titles_.look_up();
  read_counts();
  counts_ = session_.counts();
  release(now.monotonic_ns);
  release(monotonic_ns());
  const Moment end = full_ ? moved(now, end_ns_) : now;
  end_ns_ = end.monotonic_ns;
  for (auto& [thread, matcher] : matchers_) {
    events_.clear();
    matcher.finish(context_, events_);
    writer_.append(thread, events_);
  }
  end_part(end, full_.value_or(ended_by), true);
  parts_.close(timestamp(end_ns_));
}

}  // namespace pgrec

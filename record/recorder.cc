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

}  // namespace

const char* name(wire_loss cause) {
  static constexpr std::array<const char*, WIRE_LOSSES> kNames = {"ring-full", "no-ring"};
  return kNames.at(cause);
}

Recorder::Recorder(BpfSession& session, TraceWriter& writer, const std::vector<Function>& functions,
                   const Moment& beginning)
    : session_(session),
      writer_(writer),
      begin_ns_(beginning.monotonic_ns),
      flushed_ns_(begin_ns_),
      counts_(functions.size()),
      written_counts_(functions.size()),
      lost_ends_before_(functions.size()),
      lost_ends_last_(functions.size()),
      lost_ends_now_(functions.size()) {
  context_.begin_ns = begin_ns_;
  context_.activity_probe = static_cast<std::uint32_t>(functions.size() - 1);
  context_.activity_function = activity_among(functions);
  context_.lost_ends_before = &lost_ends_before_;
  context_.lost_ends_now = &lost_ends_now_;
  context_.text_id = [this](const Text& text) { return writer_.text_id(text); };
  write_clocks(beginning);
  session_.start();
}

Duration Recorder::elapsed() const {
  return Duration((end_ns_ ? end_ns_ : monotonic_ns()) - begin_ns_);
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
    // Next time, what was known before this watermark was taken is what surely came before the hits
    // after it.
    lost_ends_before_ = lost_ends_last_;
  }
  lost_ends_last_ = lost_ends_now_;
  if (now - flushed_ns_ >= kFlushNs) flush(now, false);
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
  if (first == 0 || first > watermark_ns) return;
  // Many hits at once become several chunks, one stretch of time each.
  const std::uint64_t stretches = 1 + order_.size() / kChunkEvents;
  for (std::uint64_t i = 1; i <= stretches; ++i) {
    const std::uint64_t until = first + (watermark_ns - first) / stretches * i;
    order_.release(i == stretches ? watermark_ns : until,
                   [this](const ThreadKey& thread, std::span<Hit> hits) { match(thread, hits); });
    if (writer_.pending_events() >= kChunkEvents) writer_.cut();
  }
}

void Recorder::match(const ThreadKey& thread, std::span<Hit> hits) {
  const auto matcher = matchers_.try_emplace(thread).first;
  const bool ends = hits.back().kind == WIRE_GONE;
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

// fired = recorded + lost; anyone can check it.
Metadata Recorder::balance() const {
  std::uint64_t fired = 0;
  for (const ProbeCounts& counts : counts_) {
    for (const std::uint64_t of_kind : counts.sum.fired)
      fired += of_kind;
  }
  return {{"events.fired", std::to_string(fired)},
          {"events.recorded", std::to_string(recorded_)},
          {"events.lost", std::to_string(writer_.lost_events())}};
}

void Recorder::finish(const std::string& ended_by) {
  session_.stop();
  const Moment end = now_on_both();
  end_ns_ = end.monotonic_ns;
  session_.detach();
  // No program runs any more, so one drain takes in everything; what a program wrote after the stop
  // is in it too.
  drain();
  titles_.look_up();
  read_counts();
  counts_ = session_.counts();
  const std::uint64_t now = monotonic_ns();
  release(now);
  for (auto& [thread, matcher] : matchers_) {
    events_.clear();
    matcher.finish(context_, events_);
    writer_.append(thread, events_);
  }
  flush(std::max(end_ns_, flushed_ns_), true);
  write_clocks(end);
  Metadata facts = balance();
  facts.emplace_back("record.ended_by", ended_by);
  writer_.write(facts);
  writer_.close(timestamp(end_ns_));
}

}  // namespace pgrec

// The recording itself: drains the rings, puts the hits in order, has them matched into calls and
// executions, and hands these on: into the trace, or to what adds them up (pgrec top).
// Single-threaded: the caller runs a round every few milliseconds, and nothing in it waits for the
// kernel to change probes (record/kernel/probe_changes.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "format/error.h"
#include "record/host/clocks.h"
#include "record/host/cpu_time.h"
#include "record/kernel/probe_table.h"
#include "record/kernel/session.h"
#include "record/matching/hit_order.h"
#include "record/matching/query_texts.h"
#include "record/recording/event_sink.h"
#include "record/recording/intervals.h"
#include "record/recording/known_processes.h"
#include "record/recording/ledger.h"
#include "record/recording/recording_cost.h"
#include "record/recording/thread_matchers.h"
#include "record/recording/throttling.h"
#include "record/server/running_queries.h"

namespace pgrec {

class Recorder {
 public:
  // How queries are recorded.
  struct Queries {
    KnownOfExecutions known;
    TextMode text = TextMode::kFull;
  };
  // Borrows the session, the sink and the table; the first part has been begun. `beginning`: what
  // its times count from. `probe_cost`: what the probes add to a call, where that is known.
  // Recording begins now.
  Recorder(KernelSession& session, EventSink& sink, const ProbeTable& probes,
           const Moment& beginning, const std::optional<ProbeCost>& probe_cost,
           const Queries& queries);
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // Takes in the server's processes as they were found after recording began; before the first
  // round.
  void begin_with(const std::vector<ServerProcess>& processes);

  // Takes in what the rings hold. A chunk is cut at the end of a round after 128 Ki events or a
  // second, so a recorder that is killed loses at most its last second. Goes on in the next part
  // where one is full. Returns how many events it took in. Throws Error when the trace cannot be
  // written.
  std::size_t round();

  // Why recording cannot go on, as in "ended by …": the trace is full, or the next part cannot be
  // made. From then on nothing more is taken into it, and finish() ends it as it was at that
  // moment.
  const std::optional<std::string>& full() const { return full_; }
  // Why the next part could not be made, if it could not.
  const std::optional<Error>& failure() const { return failure_; }

  // Stops recording, takes in everything that fired, and closes the trace. `ended_by` says in it
  // what ended the recording. The probes are still there. Throws Error like round().
  void finish(const std::string& ended_by);

  // From now on takes off the probes that are called most whenever all of them together take more
  // than `share` of the CPU time of the recorded processes. What they cost is known.
  void limit_overhead(double share) { throttling_.limit(share, *probe_cost_); }
  using TakenOff = OverheadGuard::TakenOff;
  const std::vector<TakenOff>& taken_off() const { return throttling_.guard().taken_off(); }
  // Of those the kernel refused to take off, last when and why.
  std::vector<OverheadGuard::Refused> not_taken_off() const {
    return throttling_.guard().refused();
  }

  // Calls `report` where each `interval` of the recording ends, in order, when the chunks up to
  // there have been cut and nothing after it; and for what is left, at the end of finish().
  void report_every(Duration interval, Intervals::Report report) {
    intervals_.emplace(interval, recording_began_ns_, std::move(report));
  }

  // What no count of events has: hits for which the kernel ran no program, where it counts them,
  // and processes that it could not follow.
  std::optional<std::uint64_t> missed_hits() const { return session_.counters().missed_hits(); }
  std::uint64_t lost_children() const { return session_.counters().lost_children(); }
  // How often there was no memory for the text of a query.
  std::uint64_t without_memory() const { return texts_.without_memory(); }

  // What it has cost so far; to be asked when an interval ends, or after finish().
  RecordingCost cost();

  // From the recording's beginning to now, or to when it stopped.
  Duration elapsed() const;
  std::size_t processes() const { return processes_.titles.count(); }
  // The kernel side's counts, as of the last round that saw a loss; after finish(), the final ones.
  const std::vector<ProbeCounts>& counts() const { return ledger_.counts(); }
  // What became of each function's events, as written last.
  const std::vector<Account>& accounts() const { return ledger_.accounts(); }

 private:
  QueryContext query_context(const KnownOfExecutions& known);
  Timestamp timestamp(std::uint64_t ns) const;
  bool drain();
  void drain_rest();
  void take(ThreadHit&& hit);
  void take(const TextHit& piece);
  // What a process says of itself, which is taken in at once.
  template <typename OfProcess>
  void take(const OfProcess& said) {
    ++taken_in_;
    ledger_.add_recorded(probes_.hooks());
    processes_.take(said);
  }
  void take(const SlowHit& /*slow*/) {}  // there is none, but with SlowStatementsOnly
  void take_waiting();
  void look_for_losses();
  void release(std::uint64_t watermark_ns);
  void match(const ThreadKey& thread, std::span<Hit> hits);
  void append(const ThreadKey& thread, MatchedEvents& matched);
  void look_for_vanished();
  void flush(std::uint64_t now_ns);
  ClockSample clock_sample(const Moment& moment);
  void keep_limit(std::uint64_t now_ns);
  void end_intervals(std::uint64_t watermark_ns);
  void end_interval(const Moment& at, bool last);
  void change_part(std::uint64_t at_ns);
  void stop_taking(std::uint64_t at_ns, std::string why);
  void end_matching(const Moment& end);
  void end_part(const Moment& end, const std::string& ended_by, PartRows rows);
  void close_part(const Moment& end);
  void close(const Moment& end, const std::string& ended_by);
  void begin_part(const Moment& beginning);
  Metadata last_facts();

  KernelSession& session_;
  EventSink& sink_;
  const ProbeTable& probes_;
  std::optional<ProbeCost> probe_cost_;
  std::uint64_t recording_began_ns_;
  std::uint64_t begin_ns_;  // of the part
  std::uint64_t end_ns_ = 0;
  bool stopped_ = false;
  std::optional<std::string> full_;
  std::optional<Error> failure_;
  // When these were done last.
  std::uint64_t flushed_ns_;
  std::uint64_t clocks_written_ns_ = 0;
  std::uint64_t looked_ns_ = 0;  // at titles
  std::uint64_t lost_seen_ = 0;
  std::uint64_t lost_thread_ends_seen_ = 0;
  std::size_t taken_in_ = 0;  // in this round
  HitOrder order_;
  QueryTexts texts_;
  KnownProcesses processes_;
  CpuTime cpu_;
  Ledger ledger_;
  ThreadMatchers matchers_;
  Throttling throttling_;
  std::optional<Intervals> intervals_;
};

}  // namespace pgrec

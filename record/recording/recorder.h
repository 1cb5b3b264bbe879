// The recording itself: drains the rings, puts the hits in order, matches them into calls and
// executions, and hands them on: into the trace, or to whoever adds them up (pgrec top).
// Single-threaded: the caller runs a round every few milliseconds.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "format/error.h"
#include "format/trace/trace_output.h"
#include "record/host/clocks.h"
#include "record/host/cpu_time.h"
#include "record/kernel/session.h"
#include "record/matching/call_matcher.h"
#include "record/matching/hit_order.h"
#include "record/matching/query_texts.h"
#include "record/recording/interval.h"
#include "record/recording/overhead_limit.h"
#include "record/recording/recording_cost.h"
#include "record/recording/recording_output.h"
#include "record/server/process_titles.h"
#include "record/server/running_queries.h"

namespace pgrec {

class Recorder {
 public:
  // How queries are recorded.
  struct Queries {
    KnownOfExecutions known;
    TextMode text = TextMode::kFull;
  };
  // Borrows both; the first part has been begun. `functions`: the function table, in the order of
  // the probes' indexes: functions, USDT probes, the activity function. `points`: the classes of
  // the USDT probes' events, in their order. `beginning`: what the first part's times count
  // from. `call_cost`: what the probes add to a call, where that is known. Recording begins now.
  Recorder(KernelSession& session, RecordingOutput& parts, const std::vector<Function>& functions,
           const Moment& beginning, const std::optional<Duration>& call_cost,
           const Queries& queries, std::vector<EventClass> points = {});

  // These are the server's processes as they were found after recording began; before the first
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

  // Stops recording, takes in everything that fired, and closes the trace. `ended_by` says in the
  // trace what ended the recording. The probes are still there.
  void finish(const std::string& ended_by);

  // Takes off the probes that are called most whenever all of them together take more than `share`
  // of the CPU time of the recorded processes. What they cost is known.
  void limit_overhead(double share) { limit_.emplace(share, *call_cost_, counts_.size() - 1); }
  // A function whose probes were taken off, after how much recording, and what share all took.
  struct TakenOff {
    FunctionId function{};
    std::uint64_t at_ns = 0;
    Duration after{};
    double share = 0;
  };
  const std::vector<TakenOff>& taken_off() const { return taken_off_; }

  // Has `ended` called where each `interval` of the recording ends, in order, when the chunks up to
  // there have been cut and nothing after it; and for what is left, at the end of finish().
  void report_every(Duration interval, std::function<void(IntervalEnd)> ended);

  // What no count of events has: hits that the kernel ran no program for, where it counts them, and
  // processes that it could not follow.
  std::optional<std::uint64_t> missed_hits() const { return session_.counters().missed_hits(); }
  std::uint64_t lost_children() const { return session_.counters().lost_children(); }

  // What it has cost so far; to be asked when an interval ends, or after finish().
  RecordingCost cost();

  // From the recording's beginning to now, or to when it stopped.
  Duration elapsed() const;
  std::size_t processes() const { return titles_.count(); }
  // Of all that began, those that turned out to be no executions.
  std::uint64_t not_run() const { return queries_.not_run; }
  // The kernel side's counts, as of the last round that saw a loss; after finish(), the final ones.
  const std::vector<ProbeCounts>& counts() const { return counts_; }
  // What became of each function's events, as written last.
  const std::vector<Account>& accounts() const { return accounts_; }

 private:
  Timestamp timestamp(std::uint64_t ns) const;
  bool drain();
  void take(ThreadHit&& hit);
  void take(const TextHit& piece);
  void take(const NameHit& name);
  void take(const SlowHit& /*slow*/) {}  // there is none, but with SlowStatementsOnly
  void write(const ThreadKey& thread);
  void read_counts();
  void release(std::uint64_t watermark_ns);
  void match(const ThreadKey& thread, std::span<Hit> hits);
  void forget_vanished();
  void flush(std::uint64_t now_ns, bool final);
  void write_losses(std::uint64_t now_ns);
  void write_accounts(bool last);
  void keep_limit();
  bool is_taken_off(std::size_t probe) const;
  void write_taken_off(std::uint64_t end_ns);
  Metadata taken_off_facts() const;
  void take_waiting();
  // Ends the intervals that are over at `watermark_ns`, to which everything is here.
  void end_intervals(std::uint64_t watermark_ns);
  void end_interval(const Moment& at, bool last);
  void write_clocks(const Moment& moment);
  void end_part(const Moment& end, const std::string& ended_by, bool last);
  void begin_part(const Moment& beginning);
  // Ends the part at `at_ns` and begins the next there, or stops taking anything in. Everything up
  // to that moment is in the part, and nothing after it.
  void change_part(std::uint64_t at_ns);
  Metadata balance() const;

  KernelSession& session_;
  std::optional<Duration> call_cost_;
  RecordingOutput& parts_;
  TraceOutput& writer_;  // of the part that is being written
  std::uint64_t recording_began_ns_;
  std::uint64_t begin_ns_;  // of the part
  std::uint64_t end_ns_ = 0;
  std::optional<std::string> full_;
  std::optional<Error> failure_;
  std::uint64_t flushed_ns_;
  std::uint64_t clocks_written_ns_ = 0;
  std::uint64_t looked_ns_ = 0;          // at titles
  std::vector<std::uint64_t> recorded_;  // by probe, events that were matched
  std::vector<std::uint64_t> filtered_;  // by probe, those that are filtered here
  // By probe, since recording began: as they are in the trace by now, and as they were when the
  // part began.
  std::vector<Account> accounts_;
  std::vector<Account> accounts_before_;
  // By probe, hits that fired and are no events of the trace: those after the moment at which a
  // full one ends, and the second ones of two that one event made.
  std::vector<std::uint64_t> left_out_;
  std::size_t taken_in_ = 0;

  HitOrder order_;
  std::map<ThreadKey, CallMatcher> matchers_;
  MatchContext context_;
  MatchedEvents matched_;
  QueryTexts texts_;
  QueryContext queries_;
  std::vector<EventClass> points_;
  ProcessTitles titles_;
  CpuTime cpu_;
  std::optional<OverheadLimit> limit_;
  std::uint64_t limit_kept_ns_ = 0;
  std::vector<TakenOff> taken_off_;

  Duration interval_{};
  std::uint64_t interval_end_ns_ = 0;
  std::function<void(IntervalEnd)> interval_ended_;

  std::uint64_t lost_seen_ = 0;
  std::uint64_t lost_thread_ends_seen_ = 0;
  std::vector<ProbeCounts> counts_;
  std::vector<ProbeCounts> written_counts_;  // whose losses are in the trace
  // MatchContext::lost_ends_*, as known: before the watermark before the last one, before the last
  // one, now.
  std::vector<std::uint64_t> lost_ends_before_;
  std::vector<std::uint64_t> lost_ends_last_;
  std::vector<std::uint64_t> lost_ends_now_;
};

// "ring-full" or "no-ring": the cause as the trace names it.
const char* name(wire_loss cause);

}  // namespace pgrec

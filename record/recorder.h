// The recording itself: drains the rings, puts the hits in order, matches them into calls and
// executions, and writes the trace. Single-threaded: the caller runs a round every few
// milliseconds.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "format/trace_writer.h"
#include "record/bpf_session.h"
#include "record/call_matcher.h"
#include "record/clocks.h"
#include "record/hit_order.h"
#include "record/process_titles.h"

namespace pgrec {

class Recorder {
 public:
  // Borrows both. `functions`: the function table, in the order of the probes' indexes, the
  // activity function last. `beginning`: what the trace's times count from. Recording begins now.
  Recorder(BpfSession& session, TraceWriter& writer, const std::vector<Function>& functions,
           const Moment& beginning);

  // Takes in what the rings hold. A chunk is cut at the end of a round after 128 Ki events or a
  // second, so a recorder that is killed loses at most its last second. Returns how many events it
  // took in. Throws Error when the trace cannot be written.
  std::size_t round();

  // Stops recording, takes the probes out, takes in everything that fired, and closes the trace.
  // `ended_by` says in the trace what ended the recording.
  void finish(const std::string& ended_by);

  // From the trace's beginning to now, or to when recording stopped.
  Duration elapsed() const;
  std::size_t processes() const { return titles_.count(); }
  // The kernel side's counts, as of the last round that saw a loss; after finish(), the final ones.
  const std::vector<ProbeCounts>& counts() const { return counts_; }
  // What became of each function's events, as written last.
  const std::vector<Account>& accounts() const { return accounts_; }

 private:
  Timestamp timestamp(std::uint64_t ns) const;
  bool drain();
  void take(ThreadHit hit);
  void read_counts();
  void release(std::uint64_t watermark_ns);
  void match(const ThreadKey& thread, std::span<Hit> hits);
  void forget_vanished();
  void flush(std::uint64_t now_ns, bool final);
  void write_losses(std::uint64_t now_ns);
  void write_accounts();
  void take_waiting();
  void write_clocks(const Moment& moment);
  Metadata balance() const;

  BpfSession& session_;
  TraceWriter& writer_;
  std::uint64_t begin_ns_;
  std::uint64_t end_ns_ = 0;
  std::uint64_t flushed_ns_;
  std::uint64_t clocks_written_ns_ = 0;
  std::uint64_t looked_ns_ = 0;  // at titles
  std::vector<std::uint64_t> recorded_;  // by probe, events that were matched
  std::vector<std::uint64_t> filtered_;  // by probe, those that are filtered here
  std::vector<Account> accounts_;        // by probe, as they are in the trace
  std::size_t taken_in_ = 0;

  HitOrder order_;
  std::map<ThreadKey, CallMatcher> matchers_;
  MatchContext context_;
  std::vector<Event> events_;
  ProcessTitles titles_;

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

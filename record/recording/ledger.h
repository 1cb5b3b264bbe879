// What became of every event of a recording, by probe: the books behind the promise
//
//     fired = recorded + filtered + lost
//
// The kernel side counts what fired, what it filtered and what was lost; matching counts what is
// recorded, and filters a little too. Hits that are no events of the trace are left out of what
// fired: those after the end of a full trace, and the second of two that one event made. Knows no
// session and writes nothing: counts and times come in, rows of the trace go out. Times are
// CLOCK_MONOTONIC ns.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "bpf/wire.h"
#include "format/clock.h"
#include "format/table/log_histogram.h"
#include "format/table/tables.h"
#include "record/kernel/hit.h"
#include "record/kernel/probe_counts.h"
#include "record/kernel/probe_table.h"
#include "record/matching/call_matcher.h"
#include "record/recording/event_sink.h"

namespace pgrec {

class Ledger {
 public:
  // Borrows the table. The first part begins at `begin_ns`.
  Ledger(const ProbeTable& probes, std::uint64_t begin_ns);
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  // Makes matching count here and know which ends are lost: `context` borrows both.
  void connect(MatchContext& context);
  // Counts an event that is recorded without matching: a piece of a text, a name.
  void add_recorded(std::uint32_t probe) { ++recorded_[probe]; }
  void add_filtered(std::uint32_t probe) { ++filtered_[probe]; }
  // Of those recorded, so many of each function had no room in the trace, which tells of them as
  // lost. Before the accounts are taken that have them among the recorded.
  void set_without_room(const std::vector<std::uint64_t>& events);
  // So often by now there was no memory for the text of a query.
  void set_without_memory(std::uint64_t times) { without_memory_ = times; }
  // The hit comes after the end of a full trace.
  void leave_out(const Hit& hit) { left_out_[hit.probe] += hit.fired() ? 1 : 0; }

  // The kernel side's counts are these by now.
  void set_counts(std::vector<ProbeCounts> counts) { counts_ = std::move(counts); }
  // The same when events were lost since: ends among them make matching doubt what is open.
  void set_counts_after_losses(std::vector<ProbeCounts> counts);
  // The probes of a function were taken off at `at_ns`: what was open then ends unseen, and nobody
  // counts what comes.
  void take_off(std::uint32_t probe, std::uint64_t at_ns);
  // A round of draining is over. `complete`: every ring was drained to where it had been reserved
  // when the round began, and what is from before that has been matched.
  void end_round(bool complete);

  // What was lost since the losses taken last, by cause, probe and CPU. They fell between then and
  // `now_ns`.
  std::vector<Loss> take_losses(std::uint64_t now_ns);
  // What became of events since the accounts taken last, of probes that fired. `short_calls`: the
  // kernel's histograms by now, by probe. The kernel's counters and the rings cannot be read at one
  // moment, so what fired is here what became of it.
  std::vector<Account> take_accounts(const std::vector<LogHistogram>& short_calls);
  // What fired after a probe was taken off, until `end_ns`: losses without a number.
  std::vector<Loss> uncounted(std::uint64_t end_ns) const;

  // The part ends, and another follows: its last losses and accounts, and its balance as facts,
  // with how often there was no memory in it.
  PartRows close_part(std::uint64_t now_ns, const std::vector<LogHistogram>& short_calls);
  // The same of the last part. Its accounts have what the kernel counted and those before have not,
  // so that all of them add up to the kernel's count, and show where the books do not balance.
  PartRows close(std::uint64_t now_ns, const std::vector<LogHistogram>& short_calls);
  // Another part begins, whose times count from `begin_ns`.
  void begin_part(std::uint64_t begin_ns);

  // The kernel side's counts, as set last.
  const std::vector<ProbeCounts>& counts() const { return counts_; }
  // Since recording began, by probe, as taken last.
  const std::vector<Account>& accounts() const { return accounts_; }
  // Events filtered so far, of all probes.
  std::uint64_t filtered() const;
  // Calls that chosen probes fired for, whatever became of their events; not of foreign processes.
  std::uint64_t calls() const;
  // Those of them of functions at which the kernel takes a step.
  std::uint64_t stepped_calls() const;

 private:
  Timestamp timestamp(std::uint64_t ns) const;
  std::uint64_t calls_of(std::uint32_t probe) const;
  // Since recording began, with what became of events for what fired.
  Account account(std::uint32_t probe, const LogHistogram& short_calls) const;
  // Notes the accounts of all probes, and gives what they add.
  std::vector<Account> book(std::vector<Account> accounts);
  // Of this part: fired = recorded + lost, for readers that do not know of accounts; and more.
  Metadata facts() const;

  const ProbeTable& probes_;
  std::uint64_t begin_ns_;         // of the part
  std::uint64_t losses_taken_ns_;  // to which losses have been taken
  std::uint64_t lost_in_part_ = 0;
  std::uint64_t without_memory_ = 0;
  std::uint64_t without_memory_before_ = 0;  // this part
  // By probe, all of these.
  std::vector<std::uint64_t> recorded_;
  std::vector<std::uint64_t> filtered_;  // here, not by the kernel side
  std::vector<std::uint64_t> without_room_;
  std::vector<std::uint64_t> left_out_;
  std::vector<ProbeCounts> counts_;
  std::vector<ProbeCounts> taken_counts_;  // whose losses have been taken
  std::vector<Account> accounts_;
  std::vector<Account> accounts_before_;  // this part
  // Lost ends, as known before the watermark before the last one, before the last one, and now.
  std::vector<std::uint64_t> lost_ends_before_;
  std::vector<std::uint64_t> lost_ends_last_;
  std::vector<std::uint64_t> lost_ends_now_;
  struct TakenOff {
    std::uint32_t probe = 0;
    std::uint64_t at_ns = 0;
  };
  std::vector<TakenOff> taken_off_;
};

}  // namespace pgrec

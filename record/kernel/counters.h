// What the kernel side counts while it records: events of each probe, what was lost and why, and
// what still waits there. Reading takes nothing away.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "bpf/wire.h"
#include "format/table/log_histogram.h"
#include "record/kernel/loading.h"
#include "record/kernel/probe_counts.h"

namespace pgrec {

class Counters {
 public:
  // Borrows the programs. `cpus`: those that the kernel has room for (possible_cpus()). `probes`:
  // how many are counted, the activity function among them.
  Counters(const LoadedPrograms& programs, std::vector<std::uint32_t> cpus, std::uint32_t probes);

  // Events lost so far, of any cause; costs nothing to ask.
  std::uint64_t lost_events() const;
  // Ends of threads that did not get through, not even late.
  std::uint64_t lost_thread_ends() const;
  // Children of recorded processes that could not be followed.
  std::uint64_t lost_children() const;
  // Hits for which the kernel ran no program, because another one ran on their CPU: of all probes,
  // not counted as fired. Nothing where the kernel does not count them (before Linux 6.0).
  std::optional<std::uint64_t> missed_hits() const;

  // The counts of every probe; the last is the activity function's. Throws Error.
  std::vector<ProbeCounts> counts() const;
  // Of one probe, or of a trial, whose index comes after them. Throws Error.
  ProbeCounts counts_of(std::uint32_t probe) const;
  // The next trial counts from 0.
  void forget(std::uint32_t probe);
  // The calls of each function that were filtered because they were too short. Throws Error.
  std::vector<LogHistogram> short_calls() const;
  // Threads whose enters wait for whether their calls last long enough. To be asked after
  // KernelSession::stop().
  std::vector<wire_thread> waiting() const;

 private:
  const LoadedPrograms& programs_;
  std::vector<std::uint32_t> cpus_;  // in the order of the kernel's per-CPU values
  std::uint32_t probes_;
  bool counts_missed_;  // the kernel counts hits for which it ran no program
};

}  // namespace pgrec

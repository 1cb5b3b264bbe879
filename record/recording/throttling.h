// Keeps the cost of recording within its limit (--max-overhead), step by step between the rounds of
// draining: has the probes taken off that record/recording/overhead_guard.h names, and tells the
// books when they are off, before anything is matched that came later.
#pragma once

#include <cstdint>

#include "format/clock.h"
#include "format/table/tables.h"
#include "record/host/cpu_time.h"
#include "record/kernel/probe_table.h"
#include "record/kernel/session.h"
#include "record/recording/ledger.h"
#include "record/recording/overhead_guard.h"

namespace pgrec {

class Throttling {
 public:
  // Borrows all of them. There is no limit yet.
  Throttling(KernelSession& session, const ProbeTable& probes, Ledger& ledger, CpuTime& cpu)
      : session_(session), ledger_(ledger), cpu_(cpu), guard_(probes) {}

  // As of OverheadGuard.
  void limit(double share, const ProbeCost& probe_cost) { guard_.limit(share, probe_cost); }

  // A round is over, after so much recording. Returns what the trace is to say anew, if anything.
  Metadata go_on(std::uint64_t now_ns, Duration elapsed);

  // What went, and what did not.
  const OverheadGuard& guard() const { return guard_; }

 private:
  void note(const ProbeChanges::TakenOff& outcome, Duration elapsed);

  KernelSession& session_;
  Ledger& ledger_;
  CpuTime& cpu_;
  OverheadGuard guard_;
  OverheadLimit::Verdict verdict_;  // whose probes are being taken off
};

}  // namespace pgrec

// Which functions are not recorded any more because recording cost too much (--max-overhead), since
// when and why. Asks record/recording/overhead_limit.h which have to go, four times a second; its
// owner takes their probes off and says here whether the kernel let it. Which probes are off it
// does not remember: record/kernel/attachments.h knows.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "format/clock.h"
#include "format/table/tables.h"
#include "record/kernel/probe_cost.h"
#include "record/kernel/probe_counts.h"
#include "record/kernel/probe_table.h"
#include "record/recording/overhead_limit.h"

namespace pgrec {

class OverheadGuard {
 public:
  // Borrows the table. There is no limit yet.
  explicit OverheadGuard(const ProbeTable& probes) : probes_(probes) {}

  // From now on the probes may take `share` of the CPU time of the recorded processes, above 0.
  void limit(double share, const ProbeCost& probe_cost);

  // Whether there is a limit to check at `now_ns`, CLOCK_MONOTONIC. It is then not due again for a
  // quarter of a second.
  bool is_due(std::uint64_t now_ns);
  // What has to go, judged by what was added since the last check or restart. `counts`: by probe,
  // since recording began; `cpu`: what the recorded processes used since then, the probes' cost
  // included; `off`: the probes that are off, of which none is named. There is a limit.
  OverheadLimit::Verdict check(const std::vector<ProbeCounts>& counts, Duration cpu,
                               const std::set<std::size_t>& off);
  // The kernel has taken off the probes of `verdict`, after so much recording.
  void note_taken_off(const OverheadLimit::Verdict& verdict, Duration after);
  // It refused to, at `now_ns` and for the reason `why`. All record on, and the next check waits
  // for a second, and with each further refusal twice as long, up to a minute.
  void note_refused(const OverheadLimit::Verdict& verdict, Duration after, std::uint64_t now_ns,
                    const std::string& why);
  // The next check counts from here: what was added meanwhile is of probes that are gone.
  void restart(const std::vector<ProbeCounts>& counts, Duration cpu);

  // A function whose probes were taken off, after how much recording, and what share all took.
  struct TakenOff {
    FunctionId function{};
    Duration after{};
    double share = 0;
  };
  // In the order in which they went.
  const std::vector<TakenOff>& taken_off() const { return taken_off_; }
  // A function whose probes the kernel refused to take off, when and why last.
  struct Refused {
    FunctionId function{};
    Duration after{};
    std::string why;
  };
  // By function, of those that are not off.
  std::vector<Refused> refused() const;
  // What a trace says of them: the facts record.throttled.FUNCTION, and
  // record.throttle_refused.FUNCTION.
  Metadata facts() const;

 private:
  // By chosen probe, the hits of recorded processes.
  std::vector<std::uint64_t> hits(const std::vector<ProbeCounts>& counts) const;

  const ProbeTable& probes_;
  std::optional<OverheadLimit> limit_;
  std::uint64_t checked_ns_ = 0;
  std::uint64_t wait_ns_ = 0;   // from the last check to the next
  std::uint64_t refusals_ = 0;  // one after the other
  std::vector<TakenOff> taken_off_;
  std::map<FunctionId, Refused> refused_;
};

}  // namespace pgrec

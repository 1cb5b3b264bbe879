#include "record/recording/overhead_guard.h"

#include <string>

#include "format/print/units.h"

namespace pgrec {

bool OverheadGuard::is_due(std::uint64_t now_ns) {
  constexpr std::uint64_t kCheckNs = 250'000'000;
  if (!limit_ || now_ns - checked_ns_ < kCheckNs) return false;
  checked_ns_ = now_ns;
  return true;
}

std::vector<std::uint64_t> OverheadGuard::hits(const std::vector<ProbeCounts>& counts) const {
  std::vector<std::uint64_t> of_probes;
  for (const std::uint32_t probe : probes_.chosen())
    of_probes.push_back(counts[probe].fired() - counts[probe].foreign());
  return of_probes;
}

OverheadLimit::Verdict OverheadGuard::check(const std::vector<ProbeCounts>& counts, Duration cpu) {
  return limit_->check(hits(counts), cpu);
}

void OverheadGuard::note_taken_off(const OverheadLimit::Verdict& verdict, Duration after) {
  for (const std::size_t probe : verdict.off) {
    taken_off_.push_back({FunctionId{static_cast<std::uint32_t>(probe)}, after, verdict.share});
  }
}

void OverheadGuard::restart(const std::vector<ProbeCounts>& counts, Duration cpu) {
  limit_->restart(hits(counts), cpu);
}

Metadata OverheadGuard::facts() const {
  Metadata facts;
  for (const TakenOff& one : taken_off_) {
    facts.emplace_back("record.throttled." + std::to_string(value(one.function)),
                       "after " + duration_text(one.after) + ", when the probes took " +
                           fixed_text(100 * one.share, 1) + " % of the CPU time");
  }
  return facts;
}

}  // namespace pgrec

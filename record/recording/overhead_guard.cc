#include "record/recording/overhead_guard.h"

#include <algorithm>
#include <string>
#include <utility>

#include "format/print/units.h"

namespace pgrec {

namespace {

constexpr std::uint64_t kCheckNs = 250'000'000;
constexpr std::uint64_t kRetryNs = 1'000'000'000;
constexpr std::uint64_t kLongestRetryNs = 60 * kRetryNs;

}  // namespace

void OverheadGuard::limit(double share, const ProbeCost& probe_cost) {
  std::vector<Duration> call_costs;
  for (const std::uint32_t probe : probes_.chosen())
    call_costs.push_back(probe_cost.of_call(probes_.is_stepped(probe)));
  limit_.emplace(share, std::move(call_costs));
}

bool OverheadGuard::is_due(std::uint64_t now_ns) {
  if (!limit_ || now_ns - checked_ns_ < wait_ns_) return false;
  checked_ns_ = now_ns;
  wait_ns_ = kCheckNs;
  return true;
}

std::vector<std::uint64_t> OverheadGuard::hits(const std::vector<ProbeCounts>& counts) const {
  std::vector<std::uint64_t> of_probes;
  for (const std::uint32_t probe : probes_.chosen())
    of_probes.push_back(counts[probe].fired() - counts[probe].foreign());
  return of_probes;
}

OverheadLimit::Verdict OverheadGuard::check(const std::vector<ProbeCounts>& counts, Duration cpu,
                                            const std::set<std::size_t>& off) {
  return limit_->check(hits(counts), cpu, off);
}

void OverheadGuard::note_taken_off(const OverheadLimit::Verdict& verdict, Duration after) {
  for (const std::size_t probe : verdict.off) {
    const FunctionId function{static_cast<std::uint32_t>(probe)};
    taken_off_.push_back({function, after, verdict.share});
    refused_.erase(function);
  }
  refusals_ = 0;
}

void OverheadGuard::note_refused(const OverheadLimit::Verdict& verdict, Duration after,
                                 std::uint64_t now_ns, const std::string& why) {
  for (const std::size_t probe : verdict.off) {
    const FunctionId function{static_cast<std::uint32_t>(probe)};
    refused_[function] = {function, after, why};
  }
  checked_ns_ = now_ns;
  wait_ns_ = std::min(kRetryNs << std::min<std::uint64_t>(refusals_++, 8), kLongestRetryNs);
}

std::vector<OverheadGuard::Refused> OverheadGuard::refused() const {
  std::vector<Refused> all;
  for (const auto& [function, one] : refused_)
    all.push_back(one);
  return all;
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
  for (const auto& [function, one] : refused_) {
    facts.emplace_back("record.throttle_refused." + std::to_string(value(function)),
                       "after " + duration_text(one.after) + ": " + one.why);
  }
  return facts;
}

}  // namespace pgrec

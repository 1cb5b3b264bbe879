#include "record/recording/overhead_limit.h"

#include <algorithm>
#include <numeric>

namespace pgrec {

OverheadLimit::Verdict OverheadLimit::check(const std::vector<std::uint64_t>& hits, Duration cpu,
                                            const std::set<std::size_t>& off) {
  constexpr Duration kLeast = std::chrono::milliseconds(10);
  const Duration used = cpu - cpu_;
  if (used < kLeast) return {};
  // By function what was added. A hit is half of a call's two.
  std::vector<double> cost_ns(hits_.size());
  for (std::size_t i = 0; i < hits_.size(); ++i) {
    if (hits[i] > hits_[i])  // counts of CPUs, not of one moment
      cost_ns[i] =
          static_cast<double>(hits[i] - hits_[i]) / 2 * static_cast<double>(call_costs_[i].count());
  }
  hits_ = hits;
  cpu_ = cpu;

  double paid_ns = std::accumulate(cost_ns.begin(), cost_ns.end(), 0.0);
  // What the probes took is an estimate, and can come out as more than all that was used. So a
  // sixth at least is taken for work: what is left on is judged again soon, what is off stays off.
  const double work_ns = std::max(static_cast<double>(used.count()) - paid_ns, paid_ns / 5);
  Verdict verdict;
  verdict.share = paid_ns / static_cast<double>(used.count());
  std::vector<std::size_t> dearest(cost_ns.size());
  std::iota(dearest.begin(), dearest.end(), 0);
  std::stable_sort(dearest.begin(), dearest.end(),
                   [&](std::size_t a, std::size_t b) { return cost_ns[a] > cost_ns[b]; });
  // Without a probe its cost is gone from both sides.
  for (const std::size_t function : dearest) {
    if (paid_ns <= share_ * (work_ns + paid_ns) || cost_ns[function] == 0) break;
    if (off.contains(function)) continue;
    verdict.off.push_back(function);
    paid_ns -= cost_ns[function];
  }
  return verdict;
}

}  // namespace pgrec

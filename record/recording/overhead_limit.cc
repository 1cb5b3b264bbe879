#include "record/recording/overhead_limit.h"

#include <algorithm>
#include <numeric>

namespace pgrec {

OverheadLimit::Verdict OverheadLimit::check(const std::vector<std::uint64_t>& hits, Duration cpu,
                                            const std::set<std::size_t>& off) {
  constexpr Duration kLeast = std::chrono::milliseconds(10);
  const Duration used = cpu - cpu_;
  if (used < kLeast) return {};
  // A hit is half of a call's two.
  const auto cost_ns = [this](std::uint64_t of_hits) {
    return static_cast<double>(of_hits) / 2 * static_cast<double>(call_cost_.count());
  };
  std::vector<std::uint64_t> added(hits_.size());
  for (std::size_t i = 0; i < hits_.size(); ++i)
    added[i] = hits[i] > hits_[i] ? hits[i] - hits_[i] : 0;  // counts of CPUs, not of one moment
  hits_ = hits;
  cpu_ = cpu;

  double paid_ns = cost_ns(std::accumulate(added.begin(), added.end(), std::uint64_t{0}));
  // What the probes took is an estimate, and can come out as more than all that was used. So a
  // sixth at least is taken for work: what is left on is judged again soon, what is off stays off.
  const double work_ns = std::max(static_cast<double>(used.count()) - paid_ns, paid_ns / 5);
  Verdict verdict;
  verdict.share = paid_ns / static_cast<double>(used.count());
  std::vector<std::size_t> hottest(added.size());
  std::iota(hottest.begin(), hottest.end(), 0);
  std::stable_sort(hottest.begin(), hottest.end(),
                   [&](std::size_t a, std::size_t b) { return added[a] > added[b]; });
  // Without a probe its cost is gone from both sides.
  for (const std::size_t function : hottest) {
    if (paid_ns <= share_ * (work_ns + paid_ns) || added[function] == 0) break;
    if (off.contains(function)) continue;
    verdict.off.push_back(function);
    paid_ns -= cost_ns(added[function]);
  }
  return verdict;
}

}  // namespace pgrec

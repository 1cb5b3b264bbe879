#include "record/hit_order.h"

#include <algorithm>

namespace pgrec {

void HitOrder::add(ThreadHit hit) {
  Queue& queue = threads_[hit.thread];
  if (!queue.hits.empty() && hit.hit.ts_ns < queue.hits.back().ts_ns) queue.in_order = false;
  queue.hits.push_back(std::move(hit.hit));
  ++size_;
}

std::uint64_t HitOrder::earliest_ns() const {
  std::uint64_t earliest = 0;
  for (const auto& [thread, queue] : threads_) {
    for (const Hit& hit : queue.hits) {
      if (earliest == 0 || hit.ts_ns < earliest) earliest = hit.ts_ns;
      if (queue.in_order) break;
    }
  }
  return earliest;
}

std::size_t HitOrder::ready(Queue& queue, std::uint64_t watermark_ns) {
  const auto earlier = [](const Hit& a, const Hit& b) { return a.ts_ns < b.ts_ns; };
  if (!queue.in_order) {
    std::stable_sort(queue.hits.begin(), queue.hits.end(), earlier);
    queue.in_order = true;
  }
  const auto after = [](std::uint64_t ns, const Hit& hit) { return ns < hit.ts_ns; };
  const auto end = std::upper_bound(queue.hits.begin(), queue.hits.end(), watermark_ns, after);
  return static_cast<std::size_t>(end - queue.hits.begin());
}

}  // namespace pgrec

#include "record/matching/hit_order.h"

#include <algorithm>

namespace pgrec {

void HitOrder::add(ThreadHit hit) {
  Queue& queue = threads_[hit.thread];
  if (!queue.hits.empty() && hit.hit.ts_ns < queue.hits.back().ts_ns)
    queue.breaks.push_back(queue.hits.size());
  queue.hits.push_back(std::move(hit.hit));
  ++size_;
}

std::uint64_t HitOrder::earliest_ns() const {
  std::uint64_t earliest = 0;
  for (const auto& [thread, queue] : threads_) {
    for (const Hit& hit : queue.hits) {
      if (earliest == 0 || hit.ts_ns < earliest) earliest = hit.ts_ns;
      if (queue.breaks.empty()) break;
    }
  }
  return earliest;
}

std::size_t HitOrder::ready(Queue& queue, std::uint64_t watermark_ns) {
  const auto earlier = [](const Hit& a, const Hit& b) { return a.ts_ns < b.ts_ns; };
  // Each ring has a thread's hits in order, so there are a few stretches to merge.
  const auto at = [&](std::size_t place) {
    return queue.hits.begin() + static_cast<std::ptrdiff_t>(place);
  };
  for (std::size_t i = 0; i < queue.breaks.size(); ++i) {
    const auto middle = at(queue.breaks[i]);
    const auto end = i + 1 < queue.breaks.size() ? at(queue.breaks[i + 1]) : queue.hits.end();
    std::inplace_merge(std::upper_bound(queue.hits.begin(), middle, *middle, earlier), middle, end,
                       earlier);
  }
  queue.breaks.clear();
  const auto after = [](std::uint64_t ns, const Hit& hit) { return ns < hit.ts_ns; };
  const auto end = std::upper_bound(queue.hits.begin(), queue.hits.end(), watermark_ns, after);
  return static_cast<std::size_t>(end - queue.hits.begin());
}

}  // namespace pgrec

// Puts the hits of all rings in order, thread by thread.
//
// Assumption: the hits of one thread are made one after the other, but stand in several rings when
// the thread changed CPUs; and a ring can be stuck for a while behind a record that a preempted
// task has reserved and not yet filled. The kernel side takes a hit's time after it reserved its
// record. So if, after a moment W, every ring was drained up to where it had been reserved by then,
// no hit from before W is missing: W is the watermark, and hits up to it may be handed on. Until
// all rings are, later hits wait here.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "record/kernel/hit.h"

namespace pgrec {

class HitOrder {
 public:
  void add(ThreadHit hit);

  // Hits that wait.
  std::size_t size() const { return size_; }
  // Earliest hit that waits, CLOCK_MONOTONIC ns; 0 when none does.
  std::uint64_t earliest_ns() const;

  // Calls visit(thread, hit) for each hit that waits, thread by thread; those of one are in no
  // order of time.
  template <typename Visit>
  void look_at_waiting(Visit visit) const {
    for (const auto& [thread, queue] : threads_) {
      for (const Hit& hit : queue.hits)
        visit(thread, hit);
    }
  }

  // Hands out all hits up to and including `watermark_ns`: calls visit(thread, hits) for each
  // thread that has any, its hits in order of time.
  template <typename Visit>
  void release(std::uint64_t watermark_ns, Visit visit) {
    for (auto it = threads_.begin(); it != threads_.end();) {
      Queue& queue = it->second;
      const std::size_t count = ready(queue, watermark_ns);
      if (count > 0) {
        visit(it->first, std::span<Hit>(queue.hits).first(count));
        queue.hits.erase(queue.hits.begin(),
                         queue.hits.begin() + static_cast<std::ptrdiff_t>(count));
        size_ -= count;
      }
      it = queue.hits.empty() ? threads_.erase(it) : std::next(it);
    }
  }

 private:
  struct Queue {
    std::vector<Hit> hits;
    std::vector<std::size_t> breaks;  // places of hits that are earlier than the one before
  };
  // Puts the queue in order, and counts its hits up to the watermark.
  static std::size_t ready(Queue& queue, std::uint64_t watermark_ns);

  std::map<ThreadKey, Queue> threads_;
  std::size_t size_ = 0;
};

}  // namespace pgrec

#include "record/recording/thread_matchers.h"

#include <utility>

namespace pgrec {

ThreadMatchers::ThreadMatchers(const ProbeTable& probes, Ledger& ledger, QueryContext queries,
                               std::uint64_t begin_ns)
    : queries_(std::move(queries)) {
  context_.begin_ns = queries_.begin_ns = begin_ns;
  context_.hooks_probe = probes.hooks();
  context_.activity_function = probes.function_at_hooks();
  context_.first_point = probes.points().first;
  context_.queries = &queries_;
  ledger.connect(context_);
}

MatchedEvents& ThreadMatchers::match(const ThreadKey& thread, std::span<Hit> hits) {
  const auto matcher = matchers_.try_emplace(thread, thread).first;
  const bool ends = hits.back().kind == WIRE_GONE;
  matched_.clear();
  matcher->second.match(hits, context_, matched_);
  if (ends || (!keeps_idle_ && matcher->second.idle())) matchers_.erase(matcher);
  return matched_;
}

void ThreadMatchers::look_for_vanished(std::uint64_t (*clock_ns)()) {
  vanished_.clear();
  for (const auto& [thread, matcher] : matchers_) {
    if (is_gone(thread.tid)) vanished_.push_back(thread);
  }
  looked_ns_ = clock_ns();
}

void ThreadMatchers::keep_idle(bool keep) {
  if (std::exchange(keeps_idle_, keep) && !keep)
    std::erase_if(matchers_, [](const auto& one) { return one.second.idle(); });
}

}  // namespace pgrec

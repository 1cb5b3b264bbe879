// The matchers of a recording, one for each thread in which something is open or may be
// (record/matching/call_matcher.h). Hits go in, ordered by thread; the events they mean come out,
// for the recorder to hand on.
#pragma once

#include <cstdint>
#include <iterator>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "format/event.h"
#include "record/host/process_tree.h"
#include "record/kernel/probe_table.h"
#include "record/matching/call_matcher.h"
#include "record/recording/ledger.h"

namespace pgrec {

class ThreadMatchers {
 public:
  // Borrows the ledger, in which matching counts. `queries`: what executions need; the first part
  // begins at `begin_ns`, CLOCK_MONOTONIC.
  ThreadMatchers(const ProbeTable& probes, Ledger& ledger, QueryContext queries,
                 std::uint64_t begin_ns);
  ThreadMatchers(const ThreadMatchers&) = delete;
  ThreadMatchers& operator=(const ThreadMatchers&) = delete;

  // Matches hits of a thread, at least one, in order of time; what they refer to may be moved out
  // of them. Gives their events, until the next call of any function here; their arguments may be
  // moved out.
  MatchedEvents& match(const ThreadKey& thread, std::span<Hit> hits);

  // Whether one event may be two hits now, so that a thread in which nothing is open is kept: its
  // next hit may be the second one of its last event. The caller says it before the first such hit
  // is matched, and the opposite after the last.
  void keep_idle(bool keep);

  // Ends of threads were lost: looks which of those that are here are not there any more, and then
  // on the clock, CLOCK_MONOTONIC.
  void look_for_vanished(std::uint64_t (*clock_ns)());

  // The following call visit(thread, events) for each thread, under the same conditions, also where
  // there are no events.

  // Everything up to `matched_to_ns` is matched. In threads that had vanished by then, what is open
  // ends unseen at that time: they ran no longer, and nothing of theirs is still to come.
  template <typename Visit>
  void forget_vanished(std::uint64_t matched_to_ns, Visit visit);
  // The part ends at `end_ns`, up to which everything is matched.
  template <typename Visit>
  void finish(std::uint64_t end_ns, Visit visit);
  // Another part begins at `begin_ns`, after finish(): gives what each thread begins with in it.
  template <typename Visit>
  void begin_part(std::uint64_t begin_ns, Visit visit);

  // Threads in which something is open, or that are kept.
  std::size_t size() const { return matchers_.size(); }

 private:
  std::map<ThreadKey, CallMatcher> matchers_;
  QueryContext queries_;
  MatchContext context_;
  MatchedEvents matched_;  // by the last call
  bool keeps_idle_ = false;
  std::vector<ThreadKey> vanished_;
  std::uint64_t looked_ns_ = 0;  // for them
};

template <typename Visit>
void ThreadMatchers::forget_vanished(std::uint64_t matched_to_ns, Visit visit) {
  if (matched_to_ns < looked_ns_) return;
  for (const ThreadKey& thread : std::exchange(vanished_, {})) {
    const auto it = matchers_.find(thread);
    if (it == matchers_.end()) continue;  // its end came
    matched_.clear();
    it->second.abandon(from_ns(static_cast<std::int64_t>(matched_to_ns - context_.begin_ns)),
                       matched_);
    visit(thread, matched_);
    matchers_.erase(it);
  }
}

template <typename Visit>
void ThreadMatchers::finish(std::uint64_t end_ns, Visit visit) {
  forget_vanished(end_ns, visit);
  for (auto& [thread, matcher] : matchers_) {
    matched_.clear();
    matcher.finish(context_, matched_);
    visit(thread, matched_);
  }
}

template <typename Visit>
void ThreadMatchers::begin_part(std::uint64_t begin_ns, Visit visit) {
  context_.begin_ns = queries_.begin_ns = begin_ns;
  for (auto it = matchers_.begin(); it != matchers_.end();) {
    matched_.clear();
    it->second.begin_part(context_, matched_);
    visit(it->first, matched_);
    it = it->second.idle() && !keeps_idle_ ? matchers_.erase(it) : std::next(it);
  }
}

}  // namespace pgrec

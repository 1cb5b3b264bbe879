// What recording costs the recorded processes, in words: what it is likely to cost, from how often
// the probes fire before it begins, and what was paid at its end. Both count the two probes of a
// call at what they add to a call of an empty function (record/kernel/probe_cost.h); inside a
// server they cost more, because they also take room in its caches, so the figures are the least it
// is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "format/clock.h"
#include "record/kernel/session.h"

namespace pgrec {

struct RecordingCost {
  std::uint64_t calls = 0;       // that probes fired for, whatever became of their events
  std::uint64_t executions = 0;  // recorded
  Duration cpu{};                // used by the recorded threads meanwhile, the cost included
};

// "at least 147 ms, 402,876 calls at 365 ns: 8.1 % of 1.81 s of CPU time, 21.0 us an execution".
std::string paid_text(const RecordingCost& cost, Duration call_cost);

// How often functions are called: how many calls of each there were in `time`.
struct CallRates {
  std::vector<std::uint64_t> calls;
  Duration time{};
};

// Counts for `time`, or until the probes have taken a fifth of it. The probes are in place and
// recording has not begun; nothing is recorded.
CallRates count_calls(KernelSession& session, Duration time, Duration call_cost);

// "at least 45 % of a CPU, 1,234,000 calls a second: heap_insert 38 %, …"; `names` of the
// functions.
std::string expected_text(const CallRates& rates, const std::vector<std::string>& names,
                          Duration call_cost);

}  // namespace pgrec

// What recording costs the recorded processes, in words: before it begins what it is likely to
// cost, from how often the probes fire, and at its end what they paid. Both are ranges: from what
// the probes add to a call of an empty function (record/kernel/probe_cost.h), to what
// they were measured to add inside a server, where they also take room in its caches.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "format/clock.h"
#include "format/table/tables.h"
#include "record/kernel/probe_cost.h"
#include "record/kernel/probe_table.h"
#include "record/kernel/session.h"

namespace pgrec {

struct RecordingCost {
  std::uint64_t calls = 0;       // for which probes fired, whatever became of their events
  std::uint64_t stepped = 0;     // those of them at whose probe the kernel takes a step
  std::uint64_t executions = 0;  // recorded
  Duration cpu{};                // used by the recorded threads meanwhile, the cost included
  // They used more: a thread is known by its events, and what it used by its end, and some of these
  // were lost.
  bool cpu_is_least = false;
};

// "147 to 309 ms, 402,876 calls at 365 to 767 ns: 8.1 to 17 % of 1.81 s of CPU time", of executions
// also what one paid; `between` stands behind the colon. What the hooks of their queries cost is in
// it. Where the kernel takes steps: "402,876 calls at 365 to 767 ns and 1,000 steps at 2.0 to 4.2
// us". Where the CPU time is the least: "up to 17 % of at least 1.81 s of CPU time".
std::string paid_text(const RecordingCost& cost, const ProbeCost& probe_cost,
                      std::string_view between = " ");
// The same as facts of the trace; what probes cost only where that was measured.
void add_facts(const RecordingCost& cost, const std::optional<ProbeCost>& probe_cost,
               Metadata& facts);

// How often the functions and USDT probes are reached.
struct CallRates {
  std::vector<std::uint64_t> calls;  // of each of ProbeTable::chosen(), in `time`
  Duration time{};
};

// Counts for `time`, or until the probes have taken a fifth of it. The probes are in place and
// recording has not begun; nothing is recorded.
CallRates count_calls(KernelSession& session, const ProbeTable& probes, Duration time,
                      const ProbeCost& probe_cost);

// "45 to 95 % of a CPU, 1,234,000 calls a second: heap_insert 38 to 80 %, …": of all calls, and of
// the three functions that cost most; without the hooks of queries.
std::string expected_text(const CallRates& rates, const ProbeTable& probes,
                          const ProbeCost& probe_cost);

}  // namespace pgrec

// The kernel side's counts of a probe, which it keeps for each CPU, put together.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>

#include "bpf/wire.h"
#include "format/table/log_histogram.h"

namespace pgrec {

// What fired at one probe since recording began, and what of it was lost.
struct ProbeCounts {
  wire_counts sum{};  // over the CPUs
  // Lost events by cause on each CPU, by its number, that lost any.
  std::map<std::uint32_t, std::array<std::uint64_t, WIRE_LOSSES>> lost_on;

  // Events of all kinds.
  std::uint64_t fired() const;
  std::uint64_t filtered() const;
  std::uint64_t lost() const;
  std::uint64_t lost(wire_loss cause) const;
  // Of processes that were not asked for, which are among those filtered.
  std::uint64_t foreign() const;
};

// The counts of one probe from those of each CPU, whose numbers are `cpus`.
ProbeCounts sum_of_cpus(std::span<const wire_counts> per_cpu, std::span<const std::uint32_t> cpus);

// Adds calls that one CPU filtered because they were too short: `words` are as enum
// wire_short_calls says, the octaves and then the rows.
void add_short_calls(std::span<const std::uint64_t> words, LogHistogram& calls);

// The cause of a loss as the trace names it: "ring-full", "no-ring", "ring-busy" or "map-full".
const char* name(wire_loss cause);

}  // namespace pgrec

// How long the calls of a trace took, function by function, in all processes or in each: the
// profiles of format/print/histogram.h, with percentiles that can be made exact.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "format/print/histogram.h"
#include "format/trace/trace_reader.h"

namespace pgrec {

// What is profiled together: the calls of a function, of all processes or of one.
struct ProfileGroup {
  std::uint32_t pid = 0;  // 0: of all
  FunctionId function{};
  // Which of the processes that had the pid, as in ProcessLives; 0 where only one had it, or none
  // at the time.
  std::int64_t process = 0;
  auto operator<=>(const ProfileGroup&) const = default;
};

// How the percentiles are found.
enum class Percentiles {
  kFromSummaries,   // at once, and at most 3.2 % off
  kExactWhenCheap,  // exact where the trace has up to kCheapCalls calls
  kExact,           // by passes over all calls, two for calls below a millisecond
};
constexpr std::uint64_t kCheapCalls = 4'000'000;

using DurationProfiles = std::map<ProfileGroup, DurationProfile>;

// The profile of every function that has a call, short calls that were filtered among them: a
// percentile that is one of theirs is never exact. Nor are those of calls in a chunk that cannot be
// read. Holds no calls in memory, whatever the size of the trace.
DurationProfiles profile_functions(TraceReader& trace, Percentiles percentiles);

// The profile of every function in every process, by a pass over all recorded calls: of which
// process those were that were filtered is not known. Where several processes had one pid, a call
// belongs to the one that had it when the call began.
DurationProfiles profile_processes(TraceReader& trace, Percentiles percentiles);

// What to say of figures that are not exact, in lines; empty where all are.
std::string not_exact_text(const std::vector<const DurationProfile*>& profiles);
std::string not_exact_text(const DurationProfiles& profiles);

}  // namespace pgrec

// How long the calls of a group took: percentiles and the power-of-two histogram.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "format/clock.h"
#include "format/summary.h"
#include "format/trace_reader.h"

namespace pgrec {

// One row of the histogram that bcc and bpftrace print: durations from 2^k to 2^(k+1) - 1 ns; the
// first is 0 to 1.
struct Bucket {
  std::int64_t from_ns = 0;
  std::int64_t to_ns = 0;
  std::uint64_t calls = 0;
  Duration total{};
};

struct DurationProfile {
  std::uint64_t calls = 0;     // of every outcome
  std::uint64_t returned = 0;  // only they have a duration
  // Of these, filtered because they were short: counted, but not recorded one by one. They are not
  // in `self`.
  std::uint64_t short_calls = 0;
  Duration total{}, self{};
  Duration min{}, max{};
  // Percentiles by nearest rank: the smallest duration that at least that share of the calls does
  // not exceed. At most 3.2 % off, unless they are exact.
  Duration p50{}, p90{}, p99{};
  bool exact = false;
  std::vector<Bucket> buckets;  // from the first that has a call to the last

  Duration mean() const {
    return returned == 0 ? Duration{} : total / static_cast<std::int64_t>(returned);
  }
};

// What is profiled together: the calls of a function, of all processes or of one.
struct ProfileGroup {
  std::uint32_t pid = 0;  // 0: of all
  FunctionId function{};
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

// The profile of every function that has a call, short calls that were filtered among them: the
// percentiles of a function with such calls are never exact. Holds no calls in memory, whatever the size of the
// trace. Exact percentiles are not to be had of calls whose chunk cannot be read.
DurationProfiles profile_functions(TraceReader& trace, Percentiles percentiles);

// The profile of every function in every process, by a pass over all calls.
DurationProfiles profile_processes(TraceReader& trace, Percentiles percentiles);

// Whether all percentiles are exact; else, what to say of them.
bool all_exact(const DurationProfiles& profiles);
extern const char* const kNotExact;

}  // namespace pgrec

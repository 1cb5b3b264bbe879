// How long the calls of a set took, function by function, all together or told apart by their
// process or their execution: the profiles of format/print/histogram.h, with percentiles that can
// be made exact.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "analyze/calls/call_split.h"
#include "analyze/calls/chunk_pass.h"
#include "analyze/calls/group_sums.h"
#include "analyze/calls/selection.h"
#include "analyze/trace/trace_set.h"
#include "format/print/histogram.h"

namespace pgrec {

// How the percentiles are found.
enum class Percentiles {
  kFromSummaries,   // at once, and at most 3.2 % off
  kExactWhenCheap,  // exact where there are up to kCheapCalls calls
  kExact,           // by passes over all calls, two for calls below a millisecond
};
constexpr std::uint64_t kCheapCalls = 4'000'000;

struct ProfileOptions {
  Percentiles percentiles = Percentiles::kExactWhenCheap;
  // Rows of equal width (analyze/calls/linear_rows.h), of recorded calls only, in place of those by
  // powers of two. Takes a pass.
  bool linear = false;
  // Only the groups with the most time; 0: all.
  std::size_t most = 0;
};

using DurationProfiles = std::map<ProfileGroup, DurationProfile>;

// The profile of every function that has a call that is wanted. Where nothing but functions is left
// out, from the summaries of the files, short calls that were filtered among them: a percentile
// that is one of theirs is never exact. Else by a pass over the calls, and of recorded ones only:
// when and where those that were filtered ran is not known. Percentiles are not exact where calls
// are in a chunk that cannot be read. Holds no calls in memory, whatever the size of the set.
DurationProfiles profile_functions(TraceSet& set, const CallSelection& selection,
                                   const ProfileOptions& wanted, const PassOptions& options);

// The profile of every function with each value of `split`, by a pass over the recorded calls.
// `left_out`: set to how many groups there are beyond ProfileOptions::most. Throws Error where
// there are more groups than pgrec holds.
DurationProfiles profile_groups(TraceSet& set, const CallSelection& selection, CallSplit& split,
                                const ProfileOptions& wanted, const PassOptions& options,
                                std::size_t* left_out = nullptr);

// What to say of figures that are not exact, in lines; empty where all are.
std::string not_exact_text(const std::vector<const DurationProfile*>& profiles);
std::string not_exact_text(const DurationProfiles& profiles);

}  // namespace pgrec

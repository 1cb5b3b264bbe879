// How long the calls of a function took: exact percentiles and the power-of-two histogram, from the
// durations in ascending order.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "analyze/database.h"
#include "format/clock.h"

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
  std::vector<std::int64_t> group;  // what its calls have in common, by the columns asked for
  std::uint64_t calls = 0;          // that returned: only they have a duration
  Duration total{};
  // Percentiles by nearest rank: the smallest duration that at least that share of the calls does
  // not exceed. Exact.
  Duration p50{}, p90{}, p99{};
  Duration min{}, max{};
  std::vector<Bucket> buckets;  // from the first that has a call to the last

  Duration mean() const {
    return calls == 0 ? Duration{} : total / static_cast<std::int64_t>(calls);
  }
};

// The profile of each group of calls that agree in `columns` (of call_rows, comma-separated), in
// order of the group; groups of which no call returned are not there. `database` holds an imported
// trace. Memory grows with the groups, not with the calls.
std::vector<DurationProfile> duration_profiles(const Database& database,
                                               const std::string& columns);

// The profiles of all calls of each function, by function_id.
std::map<std::int64_t, DurationProfile> function_profiles(const Database& database);

}  // namespace pgrec

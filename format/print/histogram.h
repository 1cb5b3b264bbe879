// How long a group of calls took, as people read it: counts, mean, percentiles, and the
// power-of-two histogram with its drawing. Both halves show it: the recorder for an interval, the
// reports for a trace.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "format/clock.h"
#include "format/table/short_calls.h"
#include "format/table/summary.h"

namespace pgrec {

// One row of the histogram that bcc and bpftrace print: durations from 2^k to 2^(k+1) - 1 ns; the
// first is 0 to 1.
struct Bucket {
  std::int64_t from_ns = 0;
  std::int64_t to_ns = 0;
  std::uint64_t calls = 0;
  Duration total{};
};

struct DurationProfile : CallTimes {
  std::uint64_t calls = 0;     // of every outcome
  std::uint64_t returned = 0;  // only they have a duration
  // Of these, filtered because they were short: counted, but not recorded one by one.
  std::uint64_t short_calls = 0;
  Duration total{};
  // Percentiles by nearest rank: the smallest duration that at least that share of the calls does
  // not exceed. At most 3.2 % off, unless they are exact.
  Duration p50{}, p90{}, p99{};
  bool exact = false;
  bool searched = false;        // for exact ones
  int among_short_calls = 0;    // so many of them are, and cannot be exact
  std::vector<Bucket> buckets;  // from the first that has a call to the last

  Duration mean() const {
    return returned == 0 ? Duration{} : total / static_cast<std::int64_t>(returned);
  }
};

// The profile of `calls`, with those that were filtered because they were short; its percentiles
// are not exact. `others_filtered`: as for with_short_calls().
DurationProfile profile_of(const FunctionSummary& calls, const ShortCalls& short_calls = {},
                           bool others_filtered = false);

// The histogram of the function `name` in the layout bcc users know, with a second bar for the time
// spent in each row. Without a call that returned, only the line that says so.
// No line is wider than `width`, where that is at least 74.
void print_histogram(std::ostream& out, const std::string& name, const DurationProfile& profile,
                     std::size_t width = 118);

}  // namespace pgrec

// The calls of a function that were filtered because they were short: what was kept of them (a
// histogram of how long they took, with exact sums), and what that leaves unknown.
//
// Known exactly, with the recorded calls: how many they are, their total time, their mean, and the
// histogram by powers of two. The longest of all is known where a recorded call was longer than any
// of these can have been, which is nearly always so where one returned. Of a percentile that falls
// among them the row is known. How much of their time was spent in each other is not known, nor in
// which recorded calls they were: a self time is at most so much, of these and of all other
// functions.
#pragma once

#include "format/clock.h"
#include "format/table/log_histogram.h"

namespace pgrec {

struct ShortCalls {
  LogHistogram durations;
  Duration shorter_than{};  // each of them was shorter; 0: not known

  bool any() const { return durations.count() > 0; }
  // The least that the shortest can have taken, and the most that the longest can; 0 of none.
  Duration shortest() const;
  Duration longest() const;
};

// Of calls that returned, how long they took without those inside, and the shortest and the longest
// of them; 0 where none did. What is not known is the most that it can be, of `min` the least.
struct CallTimes {
  Duration self{}, min{}, max{};
  bool self_known = true, min_known = true, max_known = true;
};

// The times of `returned` calls, all of them known, with `short_calls` added. `others_filtered`:
// calls of other functions may have been filtered, and may have been in these.
CallTimes with_short_calls(const CallTimes& times, std::uint64_t returned,
                           const ShortCalls& short_calls, bool others_filtered);

}  // namespace pgrec

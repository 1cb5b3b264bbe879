// How many executions or calls began in each interval and took how long: counts by interval and by
// power of two of the duration.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "analyze/calls/intervals.h"
#include "analyze/calls/selection.h"
#include "analyze/calls/wanted_executions.h"
#include "format/table/log_histogram.h"

namespace pgrec {

class HeatMap {
 public:
  static constexpr unsigned kRows = LogHistogram::kOctaves;

  explicit HeatMap(std::size_t intervals) : counts_(intervals * kRows) {}

  void add(std::size_t interval, std::uint64_t ns) {
    ++counts_[interval * kRows + LogHistogram::octave_of(ns)];
  }
  void merge(const HeatMap& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i)
      counts_[i] += other.counts_[i];
  }
  void clear() { counts_.assign(counts_.size(), 0); }

  // How many took from 2^row to 2^(row + 1) - 1 ns; the first is 0 to 1.
  std::uint64_t count(std::size_t interval, unsigned row) const {
    return counts_[interval * kRows + row];
  }
  std::uint64_t count_of_row(unsigned row) const;

 private:
  std::vector<std::uint64_t> counts_;
};

// Of the wanted executions that have a duration.
HeatMap heat_map_of_executions(const WantedExecutions& wanted, const TimeIntervals& intervals);
// Of the calls that are wanted and returned.
HeatMap heat_map_of_calls(TraceSet& set, const CallSelection& calls, const TimeIntervals& intervals,
                          const PassOptions& options);

// How many wanted calls began in each interval.
std::vector<std::uint64_t> calls_by_interval(TraceSet& set, const CallSelection& calls,
                                             const TimeIntervals& intervals,
                                             const PassOptions& options);

}  // namespace pgrec

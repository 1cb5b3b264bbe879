#include "analyze/calls/heat_map.h"

#include "analyze/calls/call_sums.h"
#include "analyze/calls/execution_figures.h"

namespace pgrec {
namespace {

struct ExecutionSum {
  void add(const ExecutionRecord& execution) {
    if (!execution.duration || !wanted->has(execution)) return;
    const auto interval = intervals->of(execution.begun);
    if (interval) map.add(*interval, histogram_ns(*execution.duration));
  }
  void merge(const ExecutionSum& other) { map.merge(other.map); }
  const WantedExecutions* wanted;
  const TimeIntervals* intervals;
  HeatMap map;
};

struct CallHeat {
  void process(const TraceSet::File& /*file*/, const ThreadKey& /*thread*/) {}
  void call_begun(FunctionId /*function*/, Timestamp /*begun*/, ExecutionId /*execution*/) {}
  void call_ended(const EndedCall& call) {
    if (!call.returned()) return;
    const auto interval = intervals->of(call.opened().entered);
    if (interval) map.add(*interval, histogram_ns(call.duration()));
  }
  void merge(const CallHeat& other) { map.merge(other.map); }
  void clear() { map.clear(); }
  const TimeIntervals* intervals;
  HeatMap map;
};

struct BegunCalls {
  void process(const TraceSet::File& /*file*/, const ThreadKey& /*thread*/) {}
  void call_begun(FunctionId /*function*/, Timestamp begun, ExecutionId /*execution*/) {
    if (const auto interval = intervals->of(begun)) ++counts[*interval];
  }
  void call_ended(const EndedCall& /*call*/) {}
  void merge(const BegunCalls& other) {
    for (std::size_t i = 0; i < counts.size(); ++i)
      counts[i] += other.counts[i];
  }
  void clear() { counts.assign(counts.size(), 0); }
  const TimeIntervals* intervals;
  std::vector<std::uint64_t> counts;
};

}  // namespace

std::uint64_t HeatMap::count_of_row(unsigned row) const {
  std::uint64_t count = 0;
  for (std::size_t i = row; i < counts_.size(); i += kRows)
    count += counts_[i];
  return count;
}

HeatMap heat_map_of_executions(const WantedExecutions& wanted, const TimeIntervals& intervals) {
  return sum_executions(wanted.set, wanted.query(),
                        ExecutionSum{&wanted, &intervals, HeatMap(intervals.count())},
                        wanted.options)
      .map;
}

HeatMap heat_map_of_calls(TraceSet& set, const CallSelection& calls, const TimeIntervals& intervals,
                          const PassOptions& options) {
  return sum_calls(set, calls, CallHeat{&intervals, HeatMap(intervals.count())}, options).map;
}

std::vector<std::uint64_t> calls_by_interval(TraceSet& set, const CallSelection& calls,
                                             const TimeIntervals& intervals,
                                             const PassOptions& options) {
  const BegunCalls none{&intervals, std::vector<std::uint64_t>(intervals.count())};
  return sum_calls(set, calls, none, options).counts;
}

}  // namespace pgrec

#include "tests/unit/expected_summary.h"

#include <algorithm>

namespace pgrec::test {
namespace {

LogHistogram histogram_of(const std::vector<std::uint64_t>& durations) {
  LogHistogram histogram;
  const auto& bounds = histogram_bounds();
  for (const std::uint64_t ns : durations) {
    const auto above = std::upper_bound(bounds.begin(), bounds.end(), ns);
    histogram.add_row(static_cast<unsigned>(above - bounds.begin()) - 1, 1);
    unsigned octave = 0;
    while (octave < 59 && ns >> (octave + 1) > 0)
      ++octave;
    if (octave >= LogHistogram::kFirstSummedOctave) histogram.add_total(octave, ns);
  }
  return histogram;
}

}  // namespace

const std::vector<std::uint64_t>& histogram_bounds() {
  static const std::vector<std::uint64_t> bounds = [] {
    std::vector<std::uint64_t> all;
    for (std::uint64_t ns = 0; ns < 32; ++ns)
      all.push_back(ns);
    for (std::uint64_t octave = 32; octave < 1ull << 60; octave *= 2) {
      for (std::uint64_t row = 0; row < 16; ++row)
        all.push_back(octave + row * (octave / 16));
    }
    all.push_back(1ull << 60);
    return all;
  }();
  return bounds;
}

Summary expected_summary(const std::vector<ThreadEvents>& batch, const Oracle::Ended& ended,
                         const std::vector<Loss>& losses) {
  Summary summary;
  summary.longest.reset();
  summary.forget_statements();
  for (const ThreadEvents& stretch : batch) {
    for (const Event& event : stretch.events) {
      if (event.kind == EventKind::kEnter || event.kind == EventKind::kHeadless) {
        ++summary.functions[event.function].calls;
        ++summary.processes[stretch.thread.pid].calls;
      }
      if (event.kind == EventKind::kExecutionBegin) ++summary.executions.begun;
      if (event.kind == EventKind::kOfClass) ++(*summary.classes)[event.event_class];
    }
  }
  std::map<FunctionId, std::vector<std::uint64_t>> durations;
  for (const Call& call : ended.calls) {
    FunctionSummary& function = summary.functions[call.function];
    ++function.ended[static_cast<std::size_t>(call.outcome)];
    if (!call.duration) continue;
    durations[call.function].push_back(static_cast<std::uint64_t>(call.duration->count()));
    function.self += *call.self;
    ProcessSummary& process = summary.processes[call.thread.pid];
    ++process.returned;
    process.total += *call.duration;
    process.self += *call.self;
    summary.slowest.push_back(
        {*call.duration, call.begun, call.id, call.function, call.thread, call.execution});
  }
  for (const auto& [id, all] : durations) {
    FunctionSummary& function = summary.functions[id];
    function.durations = histogram_of(all);
    const auto [least, most] = std::minmax_element(all.begin(), all.end());
    function.min = Duration(static_cast<std::int64_t>(*least));
    function.max = Duration(static_cast<std::int64_t>(*most));
  }
  std::sort(summary.slowest.begin(), summary.slowest.end(),
            [](const SlowCall& a, const SlowCall& b) {
              return std::pair(b.duration, a.id) < std::pair(a.duration, b.id);
            });
  if (summary.slowest.size() > Summary::kSlowest) summary.slowest.resize(Summary::kSlowest);
  for (const Execution& execution : ended.executions) {
    if (execution.end_lost) {
      ++summary.executions.lost;
    } else {
      ++summary.executions.ended;
      summary.executions.total += *execution.duration;
    }
  }
  for (const Loss& loss : losses)
    summary.losses[loss.cause] += loss.events;
  return summary;
}

}  // namespace pgrec::test

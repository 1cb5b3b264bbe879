#include "record/recording/recording_cost.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <thread>

#include "format/print/join.h"
#include "format/print/units.h"
#include "record/host/clocks.h"

namespace pgrec {
namespace {

// In servers, where probes also take room in the caches, a call's probes were measured to cost up
// to so many times what they cost a call of an empty function (docs/benchmarks.md).
constexpr double kMostOfCost = 2.1;
// Hits of query hooks for a prepared statement: Bind, Execute, the run, its completion, idle. None
// has a probe on its return, so each costs about half of a call.
constexpr std::uint64_t kHooksOfExecution = 5;

Duration cost_of(std::uint64_t calls, Duration of_one) {
  return Duration(static_cast<std::int64_t>(calls) * of_one.count());
}

// What the calls of a probe cost its callers, and those of all.
Duration cost_of(const CallRates& rates, std::uint32_t probe, const ProbeTable& probes,
                 const ProbeCost& probe_cost) {
  return cost_of(rates.calls[probe], probe_cost.of_call(probes.is_stepped(probe)));
}

Duration cost_of(const CallRates& rates, const ProbeTable& probes, const ProbeCost& probe_cost) {
  Duration sum{};
  for (const std::uint32_t probe : probes.chosen())
    sum += cost_of(rates, probe, probes, probe_cost);
  return sum;
}

// What was, or will be, paid.
struct Range {
  Duration least;
  Duration most;
};

Range range_of(Duration least) {
  return {least, Duration(std::llround(static_cast<double>(least.count()) * kMostOfCost))};
}

// What calls and executions cost. Most is no more than all of the CPU time, where that is known.
Range paid(const RecordingCost& cost, const ProbeCost& probe_cost) {
  const std::uint64_t halves = 2 * cost.calls + kHooksOfExecution * cost.executions;
  Range range =
      range_of(cost_of(halves, probe_cost.call) / 2 + cost_of(cost.stepped, probe_cost.step));
  if (cost.cpu > Duration{} && !cost.cpu_is_least)
    range.most = std::clamp(cost.cpu, range.least, range.most);
  return range;
}

// "8.1 to 17 %" of "8.1 %" and "17 %": what both end with is said once.
std::string range_text(const std::string& least, const std::string& most) {
  if (least == most) return most;
  const std::size_t unit = least.rfind(' ');
  const bool same = least.substr(unit) == most.substr(most.rfind(' '));
  return (same ? least.substr(0, unit) : least) + " to " + most;
}

std::string range_text(const Range& range) {
  return range_text(duration_text(range.least), duration_text(range.most));
}

// "8.1 %".
std::string percent_text(Duration part, Duration whole) {
  const double percent =
      100.0 * static_cast<double>(part.count()) / static_cast<double>(whole.count());
  return fixed_text(percent, percent < 10 ? 1 : 0) + " %";
}

std::string percent_text(const Range& part, Duration whole) {
  return range_text(percent_text(part.least, whole), percent_text(part.most, whole));
}

}  // namespace

std::string paid_text(const RecordingCost& cost, const ProbeCost& probe_cost,
                      std::string_view between) {
  const Range range = paid(cost, probe_cost);
  std::vector<std::string> of{plural(cost.calls, "call") + " at " +
                              range_text(range_of(probe_cost.call))};
  if (cost.stepped > 0)
    of.push_back(plural(cost.stepped, "step") + " at " + range_text(range_of(probe_cost.step)));
  if (cost.executions > 0) of.emplace_back("the query hooks");
  std::string text = range_text(range) + ", " + enumerate(of, "and");
  std::vector<std::string> shares;
  if (cost.cpu > Duration{} && cost.cpu_is_least) {
    shares.push_back("up to " + percent_text(range.most, cost.cpu) + " of at least " +
                     duration_text(cost.cpu) + " of CPU time");
  } else if (cost.cpu > Duration{}) {
    shares.push_back(percent_text(range, cost.cpu) + " of " + duration_text(cost.cpu) +
                     " of CPU time");
  }
  if (const auto executions = static_cast<std::int64_t>(cost.executions); executions > 0) {
    shares.push_back(range_text(Range{range.least / executions, range.most / executions}) +
                     " an execution");
  }
  return shares.empty() ? text : text + ":" + std::string(between) + join(shares, ", ");
}

void add_facts(const RecordingCost& cost, const std::optional<ProbeCost>& probe_cost,
               Metadata& facts) {
  facts.emplace_back("record.cpu_ns", std::to_string(cost.cpu.count()));
  if (cost.cpu_is_least) facts.emplace_back("record.cpu_is_least", "1");
  if (!probe_cost) return;
  const Range range = paid(cost, *probe_cost);
  facts.emplace_back("record.cost_ns", std::to_string(range.least.count()));
  facts.emplace_back("record.cost_most_ns", std::to_string(range.most.count()));
}

CallRates count_calls(KernelSession& session, const ProbeTable& probes, Duration time,
                      const ProbeCost& probe_cost) {
  constexpr auto kStep = std::chrono::milliseconds(10);
  CallRates rates;
  const std::uint64_t start = monotonic_ns();
  session.start_rehearsal();
  Duration cost{};
  do {
    std::this_thread::sleep_for(kStep);
    rates.calls.clear();
    for (const ProbeCounts& counts : session.counters().counts())
      rates.calls.push_back(counts.sum.rehearsed / 2);  // an enter and an exit
    rates.calls.resize(
        probes.chosen().size());  // the activity function is called twice a statement
    cost = cost_of(rates, probes, probe_cost);
    rates.time = Duration(monotonic_ns() - start);
  } while (rates.time < time && cost < time / 5);
  session.stop_rehearsal();
  return rates;
}

std::string expected_text(const CallRates& rates, const ProbeTable& probes,
                          const ProbeCost& probe_cost) {
  constexpr std::size_t kNamed = 3;
  const std::uint64_t all =
      std::accumulate(rates.calls.begin(), rates.calls.end(), std::uint64_t{0});
  const double a_second = static_cast<double>(all) * 1e9 / static_cast<double>(rates.time.count());
  std::string text = percent_text(range_of(cost_of(rates, probes, probe_cost)), rates.time) +
                     " of a CPU, " + plural(static_cast<std::uint64_t>(a_second), "call") +
                     " a second";
  std::vector<std::pair<Duration, std::uint32_t>> dearest;
  for (const std::uint32_t probe : probes.chosen())
    dearest.emplace_back(cost_of(rates, probe, probes, probe_cost), probe);
  std::stable_sort(dearest.begin(), dearest.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < std::min(kNamed, dearest.size()); ++i) {
    const auto [cost, probe] = dearest[i];
    if (cost == Duration{}) break;
    parts.push_back(probes.name(probe) + " " + percent_text(range_of(cost), rates.time));
  }
  return parts.empty() ? text : text + ": " + join(parts, ", ");
}

}  // namespace pgrec

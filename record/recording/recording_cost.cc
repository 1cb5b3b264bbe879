#include "record/recording/recording_cost.h"

#include <algorithm>
#include <numeric>
#include <thread>

#include "format/print/join.h"
#include "format/print/units.h"
#include "record/host/clocks.h"

namespace pgrec {
namespace {

Duration cost_of(std::uint64_t calls, Duration call_cost) {
  return Duration(static_cast<std::int64_t>(calls) * call_cost.count());
}

// "8.1 %".
std::string percent_text(Duration part, Duration whole) {
  const double percent =
      100.0 * static_cast<double>(part.count()) / static_cast<double>(whole.count());
  return fixed_text(percent, percent < 10 ? 1 : 0) + " %";
}

}  // namespace

std::string paid_text(const RecordingCost& cost, Duration call_cost) {
  const Duration paid = cost_of(cost.calls, call_cost);
  std::string text = "at least " + duration_text(paid) + ", " + plural(cost.calls, "call") +
                     " at " + duration_text(call_cost);
  if (cost.cpu > Duration{}) {
    text += std::string(cost.cpu_is_least ? ": up to " : ": ") + percent_text(paid, cost.cpu) +
            (cost.cpu_is_least ? " of at least " : " of ") + duration_text(cost.cpu) +
            " of CPU time";
  }
  if (cost.executions > 0) {
    text +=
        ", " + duration_text(paid / static_cast<std::int64_t>(cost.executions)) + " an execution";
  }
  return text;
}

void add_facts(const RecordingCost& cost, const std::optional<Duration>& call_cost,
               Metadata& facts) {
  facts.emplace_back("record.cpu_ns", std::to_string(cost.cpu.count()));
  if (cost.cpu_is_least) facts.emplace_back("record.cpu_is_least", "1");
  if (call_cost)
    facts.emplace_back("record.cost_ns", std::to_string(cost_of(cost.calls, *call_cost).count()));
}

CallRates count_calls(KernelSession& session, const ProbeTable& probes, Duration time,
                      Duration call_cost) {
  constexpr auto kStep = std::chrono::milliseconds(10);
  CallRates rates;
  const std::uint64_t start = monotonic_ns();
  session.start_rehearsal();
  std::uint64_t all = 0;
  do {
    std::this_thread::sleep_for(kStep);
    rates.calls.clear();
    for (const ProbeCounts& counts : session.counters().counts())
      rates.calls.push_back(counts.sum.rehearsed / 2);  // an enter and an exit
    all = std::accumulate(rates.calls.begin(), rates.calls.end(), std::uint64_t{0});
    rates.time = Duration(monotonic_ns() - start);
  } while (rates.time < time && cost_of(all, call_cost) < time / 5);
  session.stop_rehearsal();
  rates.calls.resize(probes.chosen().size());  // the activity function is called twice a statement
  return rates;
}

std::string expected_text(const CallRates& rates, const ProbeTable& probes, Duration call_cost) {
  constexpr std::size_t kNamed = 3;
  const std::uint64_t all =
      std::accumulate(rates.calls.begin(), rates.calls.end(), std::uint64_t{0});
  const double a_second = static_cast<double>(all) * 1e9 / static_cast<double>(rates.time.count());
  std::string text = "at least " + percent_text(cost_of(all, call_cost), rates.time) +
                     " of a CPU, " + plural(static_cast<std::uint64_t>(a_second), "call") +
                     " a second";
  std::vector<std::uint32_t> hottest;
  for (const std::uint32_t probe : probes.chosen())
    hottest.push_back(probe);
  std::stable_sort(hottest.begin(), hottest.end(), [&](std::uint32_t a, std::uint32_t b) {
    return rates.calls[a] > rates.calls[b];
  });
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < std::min(kNamed, hottest.size()); ++i) {
    const std::uint64_t calls = rates.calls[hottest[i]];
    if (calls == 0) break;
    parts.push_back(probes.name(hottest[i]) + " " +
                    percent_text(cost_of(calls, call_cost), rates.time));
  }
  return parts.empty() ? text : text + ": " + join(parts, ", ");
}

}  // namespace pgrec

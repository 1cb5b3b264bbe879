#include "record/recording/live_histograms.h"

#include <algorithm>
#include <numeric>
#include <ostream>

#include "format/layout.h"
#include "format/print/join.h"
#include "format/print/printable.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

constexpr std::size_t kNamed = 10;

// "2 unwound, 1 headless".
std::string unreturned_text(const FunctionSummary& calls, std::uint64_t open) {
  std::vector<std::string> parts;
  const auto add = [&](std::uint64_t count, std::string_view outcome) {
    if (count > 0) parts.push_back(count_text(count) + " " + std::string(outcome));
  };
  for (unsigned i = 0; i < kOutcomes; ++i) {
    const auto outcome = static_cast<Outcome>(i);
    if (outcome != Outcome::kReturned && outcome != Outcome::kOpen)
      add(calls.ended[i], name(outcome));
  }
  add(open, name(Outcome::kOpen));
  return join(parts, ", ");
}

}  // namespace

LiveHistograms::LiveHistograms(std::ostream& out, const ProbeTable& probes, Duration shorter_than)
    : out_(out), probes_(probes), shorter_than_(shorter_than), open_(probes.size()) {
  before_.counts.resize(probes.size());
  before_.short_calls.resize(probes.size());
  before_.without_room.resize(probes.size());
}

void LiveHistograms::add(const Summary& summary) {
  for (const auto& [id, calls] : summary.functions) {
    summaries_[id].merge(calls);
    std::uint64_t& open = open_[value(id)];
    open += calls.calls;
    for (const std::uint64_t ended : calls.ended)
      open -= ended;
  }
}

LiveHistograms::Function LiveHistograms::function(std::uint32_t probe,
                                                  const IntervalEnd& end) const {
  Function function;
  function.name = probes_.name(probe);
  if (const auto found = summaries_.find(FunctionId{probe}); found != summaries_.end())
    function.recorded = found->second;
  const auto& ended = function.recorded.ended;
  function.open = end.last ? open_[probe] : 0;
  function.recorded.calls = std::accumulate(ended.begin(), ended.end(), function.open);
  function.short_calls = {end.short_calls[probe], shorter_than_};
  function.short_calls.durations.subtract(before_.short_calls[probe]);
  function.profile = profile_of(function.recorded, function.short_calls);
  return function;
}

std::string LiveHistograms::losses_text(const IntervalEnd& end, std::uint64_t& events) const {
  std::string text;
  const auto add = [&](const std::string& cause, auto lost_by) {
    std::uint64_t of_cause = 0;
    std::vector<std::string> where;
    for (const std::uint32_t probe : probes_.all()) {
      const std::uint64_t lost = lost_by(end, probe) - lost_by(before_, probe);
      if (lost > 0) where.push_back(printable(probes_.name(probe)) + " " + count_text(lost));
      of_cause += lost;
    }
    if (of_cause == 0) return;
    text += "lost " + plural(of_cause, "event") + ", " + cause + ": " + join_first(where, kNamed) +
            "\n";
    events += of_cause;
  };
  for (unsigned i = 0; i < WIRE_LOSSES; ++i) {
    const auto cause = static_cast<wire_loss>(i);
    add(name(cause), [cause](const IntervalEnd& at, std::uint32_t probe) {
      return at.counts[probe].lost(cause);
    });
  }
  add(layout::kFormatBound,
      [](const IntervalEnd& at, std::uint32_t probe) { return at.without_room[probe]; });
  return text;
}

void LiveHistograms::end(IntervalEnd end) {
  std::vector<Function> functions;
  for (const std::uint32_t probe : probes_.chosen())
    functions.push_back(function(probe, end));
  std::stable_sort(functions.begin(), functions.end(), [](const Function& a, const Function& b) {
    return a.profile.total > b.profile.total;
  });
  print(functions, end);
  summaries_.clear();
  before_ = std::move(end);
}

void LiveHistograms::print(const std::vector<Function>& functions, const IntervalEnd& end) {
  std::uint64_t calls = 0;
  std::vector<std::string> silent;
  for (const Function& function : functions) {
    calls += function.profile.calls;
    if (function.profile.calls == 0) silent.push_back(function.name);
  }
  std::uint64_t lost = 0;
  const std::string losses = losses_text(end, lost);
  const std::uint64_t filtered = end.filtered_events - before_.filtered_events;
  if (end.last && printed_ && calls + lost + filtered == 0) return;

  if (printed_) out_ << "\n";
  printed_ = true;
  out_ << utc_text(end.at.realtime_ns) << ", "
       << fixed_text(std::chrono::duration<double>(end.elapsed).count(), 3)
       << " s: " << plural(calls, "call") << ", " << count_text(lost) << " lost";
  if (filtered > 0) out_ << ", " << plural(filtered, "event") << " filtered";
  out_ << "\n" << losses;
  for (const Function& function : functions) {
    if (function.profile.calls == 0) continue;
    out_ << "\n";
    print_histogram(out_, function.name, function.profile);
    const std::string unreturned = unreturned_text(function.recorded, function.open);
    if (!unreturned.empty()) out_ << "  without a return: " << unreturned << "\n";
  }
  if (!silent.empty()) {
    out_ << "\n";
    print_line(out_, "0 calls: " + join(silent, ", "));
  }
  if (!end.taken_off.empty()) {
    std::vector<std::string> taken_off;
    for (const std::uint32_t probe : end.taken_off)
      taken_off.push_back(probes_.name(probe));
    print_line(out_, "not recorded any more (throttled): " + join_first(taken_off, kNamed));
  }
  out_.flush();
}

}  // namespace pgrec

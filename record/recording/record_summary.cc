#include "record/recording/record_summary.h"

#include <functional>
#include <ostream>

#include "format/layout.h"
#include "format/print/join.h"
#include "format/print/printable.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

// "run1.pgt", or "run1.pgt to run1.3.pgt, 3 parts".
std::string names_of_parts(const RecordingOutcome& outcome) {
  if (outcome.parts == 1) return printable(outcome.first_part);
  const std::string removed = outcome.removed_parts == 0
                                  ? ""
                                  : ", the first " + count_text(outcome.removed_parts) + " removed";
  return printable(outcome.first_part) + " to " + printable(outcome.last_part) + ", " +
         plural(outcome.parts, "part") + removed;
}

void print_trace(std::ostream& out, const ProbeTable& probes, const RecordingOutcome& outcome) {
  const std::uint64_t calls = outcome.totals.calls;
  out << names_of_parts(outcome) << ": " << bytes_text(outcome.totals.bytes);
  if (const auto each = bytes_each(outcome.totals.bytes, calls,
                                   outcome.totals.executions.executions, outcome.totals.events)) {
    out << ", " << fixed_text(each->bytes, 2) << " bytes " << (*each->what == 'c' ? "a " : "an ")
        << each->what;
  }
  out << "\n  calls       " << count_text(calls) << " of "
      << plural(probes.functions().size(), "function") << " in "
      << plural(outcome.processes, "process") << "\n";
}

// How often USDT probes were reached.
void print_points(std::ostream& out, const ProbeTable& probes, const RecordingOutcome& outcome) {
  if (probes.points().empty()) return;
  std::uint64_t hits = 0;
  for (const std::uint32_t probe : probes.points())
    hits += outcome.accounts[probe].recorded;
  out << "  hits        " << count_text(hits) << " of "
      << plural(probes.points().size(), "USDT probe") << "\n";
}

void print_executions(std::ostream& out, const RecordingPlan& plan,
                      const RecordingOutcome& outcome) {
  out << "  executions  "
      << (plan.activity ? count_text(outcome.totals.executions.executions)
                        : "not recorded: this binary reports no queries")
      << "\n";
  if (const std::uint64_t runs = outcome.totals.executions.worker_runs; runs > 0)
    out << "  workers     " << plural(runs, "run") << " of parallel workers, for these\n";
}

void print_cost(std::ostream& out, const RecordingOutcome& outcome) {
  if (!outcome.probe_cost) return;
  out << "  probe cost  " << duration_text(outcome.probe_cost->call) << " a call";
  if (outcome.probe_cost->step > Duration{})
    out << " and " << duration_text(outcome.probe_cost->step) << " a step";
  out << ", measured on an empty function\n"
      << "  cost        " << paid_text(outcome.cost, *outcome.probe_cost, "\n              ")
      << "\n";
}

void print_taken_off(std::ostream& out, const RecordOptions& options, const ProbeTable& probes,
                     const RecordingOutcome& outcome) {
  for (const Recorder::TakenOff& one : outcome.taken_off) {
    out << "  throttled   " << printable(probes.name(value(one.function)))
        << ": not recorded after " << duration_text(one.after) << ", when the probes took "
        << fixed_text(100 * one.share, 1) << " % of the CPU time, more than "
        << fixed_text(100 * options.max_overhead, 1) << " %\n";
  }
  for (const auto& one : outcome.not_taken_off) {
    out << "  throttled   " << printable(probes.name(value(one.function))) << ": not after "
        << duration_text(one.after) << ", and recorded on: " << printable(one.why) << "\n";
  }
}

// What was left out as was asked for.
void print_filtered(std::ostream& out, const RecordOptions& options,
                    const RecordingOutcome& outcome) {
  Account all;
  for (const Account& account : outcome.accounts)
    all.merge(account);
  if (all.filtered == 0) return;
  out << "  filtered    " << plural(all.filtered, "event");
  if (const std::uint64_t calls = all.short_calls.count(); calls > 0) {
    out << ", among them " << plural(calls, "call") << " shorter than "
        << duration_text(options.min_duration) << ", of " << duration_text(all.short_calls.total())
        << " in all";
  }
  out << "\n";
}

// The functions and USDT probes that no event came from, so that nobody has to notice their
// absence.
void print_silent(std::ostream& out, const ProbeTable& probes, const RecordingOutcome& outcome) {
  std::vector<std::string> silent;
  for (const std::uint32_t probe : probes.chosen()) {
    if (outcome.counts[probe].fired() == outcome.counts[probe].foreign())
      silent.push_back(printable(probes.name(probe)));
  }
  if (silent.empty()) return;
  out << "  no calls    of " << join(silent, ", ") << "\n";
}

// What is not known, what was not probed, and what was upgraded meanwhile.
void print_missing(std::ostream& out, const RecordingPlan& plan, const RecordingOutcome& outcome) {
  if (plan.activity) {
    for (const std::string& missing : plan.activity->hooks.missing)
      out << "  not known   " << printable(missing) << "\n";
  }
  if (!plan.not_known.empty()) out << "  not known   " << printable(plan.not_known) << "\n";
  for (const auto& [key, upgraded] : outcome.upgraded)
    out << "  upgraded    " << printable(upgraded) << "\n";
  for (const NotProbed& one : outcome.not_probed)
    out << "  not probed  " << printable(one.name + ": " + one.reason) << "\n";
}

// What no count of events has.
void print_uncounted(std::ostream& out, const RecordingOutcome& outcome) {
  if (!outcome.missed_hits) {
    out << "  missed      not known: this kernel does not count hits for which it ran no program\n";
  } else if (*outcome.missed_hits > 0) {
    out << "  missed      " << plural(*outcome.missed_hits, "hit")
        << ", for which the kernel ran no program\n";
  }
  if (outcome.lost_children > 0) {
    out << "  not found   " << plural(outcome.lost_children, "process")
        << " that recorded ones began: there was no room to follow them\n";
  }
  if (outcome.without_memory > 0) {
    out << "  no memory   " << plural(outcome.without_memory, "time")
        << " for a query's text: it is not taken apart, or not readable\n";
  }
}

// Prints what was lost so, `events` by probe, and gives how many.
std::uint64_t print_loss(std::ostream& out, const ProbeTable& probes, std::string_view cause,
                         const std::function<std::uint64_t(std::uint32_t)>& events) {
  std::uint64_t all = 0;
  std::vector<std::string> where;
  for (const std::uint32_t probe : probes.all()) {
    const std::uint64_t of_probe = events(probe);
    if (of_probe > 0) where.push_back(printable(probes.name(probe)) + " " + count_text(of_probe));
    all += of_probe;
  }
  if (all > 0) {
    out << "  lost        " << plural(all, "event") << ", " << cause << ": " << join(where, ", ")
        << "\n";
  }
  return all;
}

void print_losses(std::ostream& out, const ProbeTable& probes, const RecordingOutcome& outcome) {
  std::uint64_t all = 0;
  for (unsigned i = 0; i < WIRE_LOSSES; ++i) {
    const auto cause = static_cast<wire_loss>(i);
    all += print_loss(out, probes, name(cause),
                      [&](std::uint32_t probe) { return outcome.counts[probe].lost(cause); });
  }
  const std::uint64_t in_rings = all;
  all += print_loss(out, probes, layout::kFormatBound, [&](std::uint32_t probe) {
    return probe < outcome.without_room.size() ? outcome.without_room[probe] : 0;
  });
  if (all == 0) {
    out << "  lost        0 events\n";
  } else if (in_rings > 0) {
    out << "hint: give the rings more room (--buffer), or probe fewer functions\n";
  }
}

}  // namespace

void print_summary(std::ostream& out, const RecordOptions& options, const RecordingPlan& plan,
                   const RecordingOutcome& outcome) {
  const ProbeTable probes = plan.probes();
  print_trace(out, probes, outcome);
  print_points(out, probes, outcome);
  print_executions(out, plan, outcome);
  out << "  duration    " << duration_text(outcome.elapsed) << ", ended by "
      << printable(outcome.ended_by) << "\n";
  print_cost(out, outcome);
  print_taken_off(out, options, probes, outcome);
  print_filtered(out, options, outcome);
  print_silent(out, probes, outcome);
  print_missing(out, plan, outcome);
  print_uncounted(out, outcome);
  print_losses(out, probes, outcome);
}

}  // namespace pgrec

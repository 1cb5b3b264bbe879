#include "record/recording/record_summary.h"

#include <iostream>

#include "format/print/join.h"
#include "format/print/units.h"

namespace pgrec {
namespace {

void print_losses(const Recorder& recorder, const std::vector<Function>& functions) {
  std::uint64_t all = 0;
  for (unsigned cause = 0; cause < WIRE_LOSSES; ++cause) {
    std::uint64_t of_cause = 0;
    std::vector<std::string> where;
    for (std::size_t probe = 0; probe < functions.size(); ++probe) {
      std::uint64_t events = 0;
      for (const std::uint64_t of_kind : recorder.counts()[probe].sum.lost[cause])
        events += of_kind;
      if (events > 0) where.push_back(functions[probe].name + " " + count_text(events));
      of_cause += events;
    }
    if (of_cause == 0) continue;
    std::cerr << "  lost        " << plural(of_cause, "event") << ", "
              << name(static_cast<wire_loss>(cause)) << ": " << join(where, ", ") << "\n";
    all += of_cause;
  }
  if (all == 0) {
    std::cerr << "  lost        0 events\n";
  } else {
    std::cerr << "hint: give the rings more room (--buffer), or probe fewer functions\n";
  }
}

// What was left out as was asked for.
void print_filtered(const Recorder& recorder, const RecordOptions& options) {
  Account all;
  for (const Account& account : recorder.accounts())
    all.merge(account);
  if (all.filtered == 0) return;
  std::cerr << "  filtered    " << plural(all.filtered, "event");
  if (const std::uint64_t calls = all.short_calls.count(); calls > 0) {
    std::cerr << ", among them " << plural(calls, "call") << " shorter than "
              << duration_text(options.min_duration) << ", of "
              << duration_text(all.short_calls.total()) << " in all";
  }
  std::cerr << "\n";
}

// How often USDT probes were reached.
void print_points(const Recorder& recorder, const RecordingPlan& plan) {
  if (plan.selection.points.empty()) return;
  std::uint64_t hits = 0;
  for (std::size_t i = 0; i < plan.selection.points.size(); ++i)
    hits += recorder.accounts()[plan.selection.functions.size() + i].recorded;
  std::cerr << "  hits        " << count_text(hits) << " of "
            << plural(plan.selection.points.size(), "USDT probe") << "\n";
}

// The functions and USDT probes that no event came from, so that nobody has to notice their
// absence.
void print_silent(const Recorder& recorder, const RecordingPlan& plan) {
  constexpr std::size_t kNamed = 10;
  std::vector<std::string> silent;
  const std::vector<Function> functions = plan.functions();
  for (std::size_t i = 0; i + 1 < functions.size(); ++i) {
    if (recorder.counts()[i].fired() == recorder.counts()[i].foreign())
      silent.push_back(functions[i].name);
  }
  if (silent.empty()) return;
  std::cerr << "  no calls    of " << join_first(silent, kNamed) << "\n";
}

// "run1.pgt", or "run1.pgt to run1.3.pgt, 3 parts".
std::string names_of(const Parts& parts) {
  if (parts.number() == 1) return parts.first_name();
  const std::string removed =
      parts.removed() == 0 ? "" : ", the first " + count_text(parts.removed()) + " removed";
  return parts.first_name() + " to " + parts.writer().name() + ", " +
         plural(parts.number(), "part") + removed;
}

void print_taken_off(const Recorder& recorder, const RecordingPlan& plan,
                     const RecordOptions& options) {
  const std::vector<Function> functions = plan.functions();
  for (const Recorder::TakenOff& one : recorder.taken_off()) {
    std::cerr << "  throttled   " << functions[value(one.function)].name << ": not recorded after "
              << duration_text(one.after) << ", when the probes took "
              << fixed_text(100 * one.share, 1) << " % of the CPU time, more than "
              << fixed_text(100 * options.max_overhead, 1) << " %\n";
  }
}

}  // namespace

void print_summary(const RecordOptions& options, const RecordingPlan& plan,
                   const Upgrades& upgrades, const std::vector<NotProbed>& not_probed,
                   const std::optional<Duration>& call_cost, const Parts& parts, Recorder& recorder,
                   const std::string& ended_by) {
  const Parts::Totals totals = parts.totals();
  const std::uint64_t calls = totals.calls;
  const std::string per_call =
      calls == 0
          ? ""
          : ", " + fixed_text(static_cast<double>(totals.bytes) / static_cast<double>(calls), 2) +
                " bytes a call";
  std::cerr << names_of(parts) << ": " << bytes_text(totals.bytes) << per_call << "\n"
            << "  calls       " << count_text(calls) << " of "
            << plural(plan.selection.functions.size(), "function") << " in "
            << plural(recorder.processes(), "process") << "\n";
  print_points(recorder, plan);
  std::cerr << "  executions  "
            << (plan.activity ? count_text(totals.executions - recorder.not_run())
                              : "not recorded: this binary reports no queries")
            << "\n"
            << "  duration    " << duration_text(recorder.elapsed()) << ", ended by " << ended_by
            << "\n";
  if (call_cost) {
    std::cerr << "  probe cost  " << duration_text(*call_cost)
              << " a call, measured on an empty function\n"
              << "  cost        " << paid_text(recorder.cost(), *call_cost) << "\n";
  }
  print_taken_off(recorder, plan, options);
  print_filtered(recorder, options);
  print_silent(recorder, plan);
  if (plan.activity) {
    for (const std::string& missing : plan.activity->hooks.missing)
      std::cerr << "  not known   " << missing << "\n";
  }
  if (!plan.not_known.empty()) std::cerr << "  not known   " << plan.not_known << "\n";
  for (const auto& [key, upgraded] : upgrades.facts())
    std::cerr << "  upgraded    " << upgraded << "\n";
  for (const NotProbed& one : not_probed) {
    std::cerr << "  not probed  " << one.name << ": " << one.reason << "\n";
  }
  if (const auto missed = recorder.missed_hits(); !missed) {
    std::cerr << "  missed      not known: this kernel does not count hits for which it ran no "
                 "program\n";
  } else if (*missed > 0) {
    std::cerr << "  missed      " << plural(*missed, "hit")
              << ", for which the kernel ran no program\n";
  }
  if (recorder.lost_children() > 0) {
    std::cerr << "  not found   " << plural(recorder.lost_children(), "process")
              << " that recorded ones began: there was no room to follow them\n";
  }
  print_losses(recorder, plan.functions());
}

}  // namespace pgrec

#include "record/recording/recording.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <iostream>
#include <optional>

#include "format/print/units.h"
#include "record/host/child_command.h"
#include "record/host/clocks.h"
#include "record/host/file_identity.h"
#include "record/host/process_ends.h"
#include "record/host/process_tree.h"
#include "record/host/stop_signal.h"
#include "record/kernel/bpf_session.h"
#include "record/kernel/probe_cost.h"
#include "record/recording/detaching.h"
#include "record/recording/live_histograms.h"
#include "record/recording/parts.h"
#include "record/recording/preflight.h"
#include "record/recording/record_summary.h"
#include "record/recording/recorder.h"
#include "record/recording/recording_cost.h"
#include "record/recording/upgrades.h"
#include "record/server/running_queries.h"

namespace pgrec {
namespace {

constexpr int kLongestPauseMs = 20;
constexpr std::size_t kMuch = 4096;  // events: 128 KiB of a ring

// How long calls are counted before recording begins, to say what it will cost.
constexpr Duration kRehearsal = std::chrono::milliseconds(100);
constexpr Duration kDryRun = std::chrono::seconds(1);

}  // namespace

int next_pause_ms(int pause_ms, std::size_t taken_in) {
  if (taken_in > kMuch) return std::max(pause_ms / 2, kShortestPauseMs);
  if (taken_in < kMuch / 4) return std::min(pause_ms * 2, kLongestPauseMs);
  return pause_ms;
}

void attach(BpfSession& session, const RecordingPlan& plan, std::vector<NotProbed>& not_probed) {
  const auto refused = session.attach_functions(plan.binary.path, plan.attach_offsets);
  std::size_t attached = 0;
  for (std::size_t i = 0; i < refused.size(); ++i) {
    if (refused[i]) {
      not_probed.push_back({plan.selection.functions[i].name, *refused[i]});
    } else {
      ++attached;
    }
  }
  const auto functions = plan.functions();
  const auto sites = plan.sites();
  const auto refused_sites = session.attach_sites(plan.binary.path, sites);
  for (std::size_t i = 0; i < sites.size(); ++i) {
    if (refused_sites[i]) {
      not_probed.push_back(
          {functions[sites[i].site.probe].name + " at one of its places", *refused_sites[i]});
    } else {
      ++attached;
    }
  }
  if (attached == 0 && !(refused.empty() && sites.empty())) {
    throw Error("nothing to record in " + plan.binary.name + ": " + to_text(not_probed),
                "-v shows the kernel's words");
  }
  if (const auto reason = session.attach_processes()) {
    not_probed.push_back({"sched_process_exit (for processes that begin and end)", *reason});
  }
  if (!plan.activity) return;
  const ServerHooks& hooks = plan.activity->hooks;
  const auto refused_hooks =
      session.attach_hooks(plan.activity->server.path, hooks.server, hooks.places());
  for (std::size_t i = 0; i < refused_hooks.size(); ++i) {
    if (refused_hooks[i])
      not_probed.push_back(
          {hooks.points[i].function.name + " (for the queries)", *refused_hooks[i]});
  }
}

void print_notes(const std::vector<std::string>& notes) {
  constexpr std::size_t kPrinted = 10;
  for (std::size_t i = 0; i < std::min(notes.size(), kPrinted); ++i)
    std::cerr << "pgrec: " << notes[i] << "\n";
  if (notes.size() > kPrinted) {
    std::cerr << "pgrec: and " << plural(notes.size() - kPrinted, "more such function")
              << ", which pgrec list names\n";
  }
}

ProbeTable probes_of(const RecordingPlan& plan) {
  const std::vector<Function> rows = plan.functions();
  const std::vector<EventClass> classes = plan.point_classes();
  const auto points_at = rows.end() - 1 - static_cast<std::ptrdiff_t>(classes.size());
  std::vector<ProbeTable::Point> points;
  for (std::size_t i = 0; i < classes.size(); ++i)
    points.push_back({points_at[static_cast<std::ptrdiff_t>(i)], classes[i]});
  return {std::vector<Function>(rows.begin(), points_at), points, rows.back()};
}

std::vector<std::string> names_of(const RecordingPlan& plan) {
  std::vector<std::string> names;
  for (const Function& function : plan.functions())
    names.push_back(function.name);
  return names;
}

namespace {

void print_progress(const Recorder& recorder, const Parts& parts) {
  const Parts::Totals totals = parts.totals();
  std::cerr << "\r\033[K"
            << fixed_text(std::chrono::duration<double>(recorder.elapsed()).count(), 0)
            << " s: " << plural(totals.calls, "call") << ", " << bytes_text(totals.bytes) << ", "
            << count_text(totals.lost_events) << " lost" << std::flush;
}

void print_ended_parts(Parts& parts, bool terminal) {
  for (const Parts::Ended& ended : parts.take_ended()) {
    std::cerr << (terminal ? "\r\033[K" : "") << ended.name << ": " << bytes_text(ended.bytes)
              << ", " << plural(ended.calls, "call") << "; recording goes on in " << ended.next;
    for (const std::string& name : ended.removed)
      std::cerr << "; " << name << " is removed";
    for (const std::string& name : ended.not_removed)
      std::cerr << "; " << name << " cannot be removed, or is another file by now";
    std::cerr << std::endl;
  }
}

// What ends a recording, beside its trace being full.
struct Stops {
  const BpfSession& session;
  StopSignal& signal;
  ProcessEnds targets;
  ChildCommand* child;
  std::optional<Duration> duration;
};

// Waits so long, or less. Why recording is to end, if it is.
std::optional<std::string> stop_reason(Stops& stops, const Recorder& recorder, int pause_ms) {
  pollfd waits[2] = {{stops.signal.fd(), POLLIN, 0},
                     {stops.child ? stops.child->fd() : -1, POLLIN, 0}};
  ::poll(waits, 2, pause_ms);
  if (const auto arrived = stops.signal.take())
    return std::string("SIG") + ::sigabbrev_np(*arrived);
  if (waits[1].revents != 0) return "its command, with " + stops.child->wait();
  if (stops.targets.all_ended() && !stops.session.has_followed()) return stops.targets.what();
  if (recorder.full()) return recorder.full();
  if (stops.duration && recorder.elapsed() >= *stops.duration) return "its time being up";
  return std::nullopt;
}

// Says what became of replaced files, in the trace too.
void look_for_upgrades(Upgrades& upgrades, Parts& parts, bool terminal) {
  const auto news = upgrades.look();
  if (news.empty()) return;
  parts.writer().write(upgrades.facts());
  for (const std::string& one : news)
    std::cerr << (terminal ? "\r\033[K" : "") << one << std::endl;
}

// Runs rounds until there is a reason to stop. Returns it.
std::string record_until_stopped(Recorder& recorder, Parts& parts, Upgrades& upgrades, Stops& stops,
                                 bool progress) {
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  Duration shown{};
  int pause_ms = kShortestPauseMs;
  for (;;) {
    if (const auto reason = stop_reason(stops, recorder, pause_ms)) {
      if (terminal) std::cerr << "\r\033[K";
      return *reason;
    }
    pause_ms = next_pause_ms(pause_ms, recorder.round());
    print_ended_parts(parts, terminal);
    if (recorder.elapsed() - shown < std::chrono::seconds(1)) continue;
    shown = recorder.elapsed();
    if (!recorder.full()) look_for_upgrades(upgrades, parts, terminal);
    if (terminal && progress) print_progress(recorder, parts);
  }
}

// Results go to stdout, unless that belongs to the command.
std::ostream& results(const RecordOptions& options) {
  return options.command.empty() ? std::cout : std::cerr;
}

// Says what recording will cost, where that can be told: when calls are made already.
void print_expected(BpfSession& session, const RecordingPlan& plan, bool dry_run,
                    const Duration& call_cost) {
  const CallRates rates = count_calls(session, dry_run ? kDryRun : kRehearsal, call_cost);
  const bool idle = std::all_of(rates.calls.begin(), rates.calls.end(),
                                [](std::uint64_t calls) { return calls == 0; });
  if (idle && !dry_run) return;
  std::vector<std::string> names = names_of(plan);
  names.pop_back();
  std::cerr << "expected cost: " << expected_text(rates, names, call_cost) << std::endl;
}

}  // namespace

// With --sample nobody has drawn for what runs, and it is left out.
std::vector<ServerProcess> processes_of(const RecordingPlan& plan, const RecordOptions& options) {
  if (options.sample_every > 1) return {};
  const auto file = identity(plan.activity->server.path);
  std::vector<std::uint32_t> pids =
      options.pids.empty() ? all_processes() : with_descendants(options.pids);
  std::erase_if(pids, [&](std::uint32_t pid) {
    return identity("/proc/" + std::to_string(pid) + "/exe") != file;
  });
  return look_at_processes(pids, plan.activity->image, plan.activity->hooks,
                           options.text_limit_bytes);
}

BpfConfig session_config(const RecordOptions& options, const RecordingPlan& plan) {
  BpfConfig config;
  config.probes =
      static_cast<std::uint32_t>(plan.selection.functions.size() + plan.selection.points.size());
  config.usdt = !plan.selection.points.empty();
  config.pids = options.pids;
  config.ring_bytes = options.ring_bytes;
  config.attach = options.attach;
  config.min_duration = options.min_duration;
  config.sample_every = options.sample_every;
  config.queries = plan.activity.has_value();
  config.text_limit_bytes = options.text_limit_bytes;
  return config;
}

ExitStatus record(const RecordOptions& options) {
  check_can_record("sudo pgrec record …; the trace can then be analyzed without root",
                   options.attach);
  if (!options.command.empty()) ChildCommand::check(options.command);
  const RecordingPlan plan = make_plan(options);
  warn_of_other_files(plan, options);
  std::vector<NotProbed> not_probed = plan.selection.not_probed;
  StopSignal signal;
  ProcessEnds targets(options.pids);
  ::signal(SIGXFSZ, SIG_IGN);  // a file size limit is told like a full disk
  ::signal(SIGPIPE, SIG_IGN);  // nobody listening any more is no reason to leave the trace open
  std::optional<Parts> parts_or_none;
  if (!options.dry_run)
    parts_or_none.emplace(options.output, options.force, options.sync, options.rotation);

  const BpfConfig config = session_config(options, plan);
  BpfSession session(config, options.verbose);
  Detaching detaching(session, signal);
  const auto call_cost = measure_probe_cost(session);
  if (!call_cost && (options.max_overhead > 0 || options.dry_run)) {
    throw Error("cannot measure what a probe costs", "record without --max-overhead and --dry-run");
  }
  Upgrades upgrades(session, plan);  // a file that takes the path from now on is another
  attach(session, plan, not_probed);
  print_notes(plan.notes);
  if (call_cost && options.command.empty())
    print_expected(session, plan, options.dry_run, *call_cost);
  if (options.dry_run) return kExitDone;
  Parts& parts = *parts_or_none;

  const ProbeTable probes = probes_of(plan);
  std::optional<LiveHistograms> histograms;
  if (options.interval) {
    histograms.emplace(results(options), probes);
    parts.on_cut([&](const Summary& summary) { histograms->add(summary); });
  }
  const Moment beginning = now_on_both();
  parts.begin(beginning, [&](const Moment& moment) {
    Metadata facts = plan.metadata(options, moment.realtime_ns);
    facts.emplace_back("record.not_probed", to_text(not_probed));
    facts.emplace_back("record.attach", session.attach_method());
    if (call_cost) facts.emplace_back("record.probe_cost_ns", std::to_string(call_cost->count()));
    for (auto& fact : upgrades.facts())
      facts.push_back(std::move(fact));
    return Parts::Preamble{std::move(facts), plan.functions(), plan.classes()};
  });
  Recorder recorder(session, parts, probes, beginning, call_cost,
                    {plan.known_of_executions(), options.text});
  if (plan.activity) recorder.begin_with(processes_of(plan, options));
  if (histograms) {
    recorder.report_every(*options.interval,
                          [&](IntervalEnd end) { histograms->end(std::move(end)); });
  }
  if (options.max_overhead > 0) recorder.limit_overhead(options.max_overhead);
  announce_detaching(session);
  std::cerr << "recording " << count_text(plan.selection) << " of " << plan.binary.name << " to "
            << options.output << "; Ctrl-C ends it" << std::endl;
  Stops stops{session, signal, std::move(targets), nullptr, options.duration};
  // A command that cannot be run must not cost an older trace of that name.
  std::optional<ChildCommand> child;
  if (!options.command.empty()) child.emplace(options.command);
  parts.put_in_place();
  if (child) stops.child = &*child;
  std::string ended_by;
  try {
    ended_by = record_until_stopped(recorder, parts, upgrades, stops, !histograms);
    recorder.finish(ended_by);
    print_ended_parts(parts, ::isatty(STDERR_FILENO) == 1);
  } catch (const std::exception& error) {
    throw Error(error.what(),
                "what was recorded before is readable: pgrec analyze " + parts.writer().name());
  }
  print_summary(options, plan, upgrades, not_probed, call_cost, parts, recorder,
                recorder.full().value_or(ended_by));
  if (recorder.failure()) {
    throw Error(recorder.failure()->what(),
                "what was recorded before is readable: pgrec analyze " + parts.writer().name());
  }
  if (child && child->running()) {
    std::cerr << "  command     still runs, as process " << child->pid() << "\n";
  }
  return kExitDone;
}

}  // namespace pgrec

#include "record/record_command.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <csignal>
#include <cstring>
#include <iostream>
#include <memory>
#include <optional>

#include "format/units.h"
#include "record/bpf_session.h"
#include "record/child_command.h"
#include "record/clocks.h"
#include "record/labels.h"
#include "record/parts.h"
#include "record/preflight.h"
#include "record/probe_cost.h"
#include "record/process_ends.h"
#include "record/recorder.h"
#include "record/recording_plan.h"
#include "record/stop_signal.h"
#include "record/upgrades.h"

namespace pgrec {
namespace {

// At a million events a second and CPU a ring of the default size lasts ten such pauses.
constexpr int kRoundMs = 20;

// Attaches everything; functions that the kernel refuses are added to `not_probed`. Throws Error
// when none is left.
void attach(BpfSession& session, const RecordingPlan& plan, std::vector<NotProbed>& not_probed) {
  std::vector<std::uint64_t> offsets;
  for (const Symbol& symbol : plan.selection.functions)
    offsets.push_back(symbol.file_offset);
  const auto refused = session.attach_functions(plan.binary.path, offsets);
  std::size_t attached = 0;
  for (std::size_t i = 0; i < refused.size(); ++i) {
    if (refused[i]) {
      not_probed.push_back({plan.selection.functions[i].name, *refused[i]});
    } else {
      ++attached;
    }
  }
  if (attached == 0) {
    throw Error("nothing to record in " + plan.binary.name + ": " + to_text(not_probed),
                "-v shows the kernel's words");
  }
  if (const auto reason = session.attach_thread_exit()) {
    not_probed.push_back({"sched_process_exit (for the ends of processes)", *reason});
  }
  if (!plan.activity) return;
  const auto reason =
      session.attach_activity(plan.activity->server.path, plan.activity->function.file_offset);
  if (reason) not_probed.push_back({plan.activity->function.name + " (for the queries)", *reason});
}

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
  StopSignal& signal;
  ProcessEnds targets;
  ChildCommand* child;
  std::optional<Duration> duration;
};

// Waits for a round's time, or less. Why recording is to end, if it is.
std::optional<std::string> stop_reason(Stops& stops, const Recorder& recorder) {
  pollfd waits[2] = {{stops.signal.fd(), POLLIN, 0},
                     {stops.child ? stops.child->fd() : -1, POLLIN, 0}};
  ::poll(waits, 2, kRoundMs);
  if (const auto arrived = stops.signal.take())
    return std::string("SIG") + ::sigabbrev_np(*arrived);
  if (waits[1].revents != 0) return "its command, with " + stops.child->wait();
  if (stops.targets.all_ended()) return stops.targets.what();
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
std::string record_until_stopped(Recorder& recorder, Parts& parts, Upgrades& upgrades,
                                 Stops& stops) {
  const bool terminal = ::isatty(STDERR_FILENO) == 1;
  Duration shown{};
  for (;;) {
    if (const auto reason = stop_reason(stops, recorder)) {
      if (terminal) std::cerr << "\r\033[K";
      return *reason;
    }
    recorder.round();
    print_ended_parts(parts, terminal);
    if (recorder.elapsed() - shown < std::chrono::seconds(1)) continue;
    shown = recorder.elapsed();
    if (!recorder.full()) look_for_upgrades(upgrades, parts, terminal);
    if (terminal) print_progress(recorder, parts);
  }
}

void print_losses(const Recorder& recorder, const std::vector<Function>& functions) {
  std::uint64_t all = 0;
  for (unsigned cause = 0; cause < WIRE_LOSSES; ++cause) {
    std::uint64_t of_cause = 0;
    std::string where;
    for (std::size_t probe = 0; probe < functions.size(); ++probe) {
      std::uint64_t events = 0;
      for (const std::uint64_t of_kind : recorder.counts()[probe].sum.lost[cause])
        events += of_kind;
      if (events > 0)
        where += (where.empty() ? "" : ", ") + functions[probe].name + " " + count_text(events);
      of_cause += events;
    }
    if (of_cause == 0) continue;
    std::cerr << "  lost        " << plural(of_cause, "event") << ", "
              << name(static_cast<wire_loss>(cause)) << ": " << where << "\n";
    all += of_cause;
  }
  if (all == 0) {
    std::cerr << "  lost        0 events\n";
  } else {
    std::cerr << "hint: give the rings more room (--buffer), or probe fewer functions\n";
  }
}

// The functions that no event came from, so that nobody has to notice their absence.
void print_silent(const Recorder& recorder, const RecordingPlan& plan) {
  constexpr std::size_t kNamed = 10;
  std::vector<std::string> silent;
  for (std::size_t i = 0; i < plan.selection.functions.size(); ++i) {
    const wire_counts& counts = recorder.counts()[i].sum;
    if (counts.fired[WIRE_ENTER] + counts.fired[WIRE_EXIT] == 0) {
      silent.push_back(plan.selection.functions[i].name);
    }
  }
  if (silent.empty()) return;
  std::string names;
  for (std::size_t i = 0; i < std::min(silent.size(), kNamed); ++i)
    names += (i > 0 ? ", " : "") + silent[i];
  if (silent.size() > kNamed) names += " and " + count_text(silent.size() - kNamed) + " more";
  std::cerr << "  no calls    of " << names << "\n";
}

// "run1.pgt", or "run1.pgt to run1.3.pgt, 3 parts".
std::string names_of(const Parts& parts) {
  if (parts.number() == 1) return parts.first_name();
  const std::string removed =
      parts.removed() == 0 ? "" : ", the first " + count_text(parts.removed()) + " removed";
  return parts.first_name() + " to " + parts.writer().name() + ", " +
         plural(parts.number(), "part") + removed;
}

void print_summary(const Recorder& recorder, const Parts& parts, const RecordingPlan& plan,
                   const Upgrades& upgrades, const std::vector<NotProbed>& not_probed,
                   const std::optional<Duration>& probe_cost, const std::string& ended_by) {
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
            << plural(recorder.processes(), "process") << "\n"
            << "  executions  "
            << (plan.activity ? count_text(totals.executions)
                              : "not recorded: this binary reports no queries")
            << "\n"
            << "  duration    " << duration_text(recorder.elapsed()) << ", ended by " << ended_by
            << "\n";
  if (probe_cost) {
    std::cerr << "  probe cost  " << duration_text(*probe_cost)
              << " a call, measured on an empty function\n";
  }
  print_silent(recorder, plan);
  if (!plan.not_known.empty()) std::cerr << "  not known   " << plan.not_known << "\n";
  for (const auto& [key, upgraded] : upgrades.facts())
    std::cerr << "  upgraded    " << upgraded << "\n";
  for (const NotProbed& one : not_probed) {
    std::cerr << "  not probed  " << one.name << ": " << one.reason << "\n";
  }
  print_losses(recorder, plan.functions());
}

ExitStatus record(const RecordOptions& options) {
  check_privileges();
  if (!options.command.empty()) ChildCommand::check(options.command);
  const RecordingPlan plan = make_plan(options);
  warn_of_other_files(plan, options);
  std::vector<NotProbed> not_probed = plan.selection.not_probed;
  StopSignal signal;
  Stops stops{signal, ProcessEnds(options.pids), nullptr, options.duration};
  ::signal(SIGXFSZ, SIG_IGN);  // a file size limit is told like a full disk
  ::signal(SIGPIPE, SIG_IGN);  // nobody listening any more is no reason to leave the trace open
  Parts parts(options.output, options.force, options.sync, options.rotation);

  BpfConfig config;
  config.probes = static_cast<std::uint32_t>(plan.selection.functions.size());
  config.pids = options.pids;
  config.ring_bytes = options.ring_bytes;
  config.attach = options.attach;
  BpfSession session(config, options.verbose);
  check_attach_privileges(session.attach_method());
  const auto probe_cost = measure_probe_cost(config, options.verbose);
  Upgrades upgrades(session, plan);  // a file that takes the path from now on is another
  attach(session, plan, not_probed);

  const Moment beginning = now_on_both();
  parts.begin(beginning, [&](const Moment& moment) {
    Metadata facts = plan.metadata(options, moment.realtime_ns);
    facts.emplace_back("record.not_probed", to_text(not_probed));
    facts.emplace_back("record.attach", session.attach_method());
    if (probe_cost) facts.emplace_back("record.probe_cost_ns", std::to_string(probe_cost->count()));
    for (auto& fact : upgrades.facts())
      facts.push_back(std::move(fact));
    return Parts::Preamble{std::move(facts), plan.functions()};
  });
  Recorder recorder(session, parts, plan.functions().size(), beginning);
  std::cerr << "recording " << plural(plan.selection.functions.size(), "function") << " of "
            << plan.binary.name << " to " << options.output << "; Ctrl-C ends it" << std::endl;
  // A command that cannot be run must not cost an older trace of that name.
  std::optional<ChildCommand> child;
  if (!options.command.empty()) child.emplace(options.command);
  parts.put_in_place();
  if (child) stops.child = &*child;
  std::string ended_by;
  try {
    ended_by = record_until_stopped(recorder, parts, upgrades, stops);
    recorder.finish(ended_by);
    print_ended_parts(parts, ::isatty(STDERR_FILENO) == 1);
  } catch (const std::exception& error) {
    throw Error(error.what(),
                "what was recorded before is readable: pgrec analyze " + parts.writer().name());
  }
  print_summary(recorder, parts, plan, upgrades, not_probed, probe_cost,
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

std::vector<std::uint32_t> parse_pids(const std::vector<std::string>& lists) {
  std::vector<std::uint32_t> pids;
  for (const std::string& text : split_at_commas(lists)) {
    std::uint32_t pid = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pid);
    if (error != std::errc() || end != text.data() + text.size() || pid == 0) {
      throw UsageError("-p: '" + text + "' is not a process id",
                       "write it like -p 1234 or -p 1234,1250");
    }
    pids.push_back(pid);
  }
  return pids;
}

// Rings are a power of two of bytes and at least a page.
std::uint64_t parse_ring_bytes(const std::string& text) {
  constexpr std::uint64_t kLeast = 4096;
  constexpr std::uint64_t kMost = 1ull << 30;
  const std::uint64_t bytes = std::bit_ceil(std::max(parse_bytes(text, "--buffer"), kLeast));
  if (bytes > kMost)
    throw UsageError("--buffer: '" + text + "' is too much", "at most 1G for each CPU");
  return bytes;
}

AttachMethod parse_attach_method(const std::string& text) {
  if (text == "auto") return AttachMethod::kAuto;
  if (text == "uprobe_multi") return AttachMethod::kUprobeMulti;
  if (text == "perf_event") return AttachMethod::kPerfEvent;
  throw UsageError("--attach: there is no method '" + text + "'",
                   "auto, uprobe_multi or perf_event");
}

Sync parse_sync(const std::string& text) {
  if (text == "off") return Sync::kOff;
  if (text == "1s") return Sync::kEverySecond;
  if (text == "chunk") return Sync::kEveryChunk;
  throw UsageError("--sync: there is no policy '" + text + "'", "off, 1s or chunk");
}

// The command line as it was typed.
struct Arguments {
  RecordOptions options;
  std::vector<std::string> pids;
  std::string duration;
  std::string buffer = "8M";
  std::string attach = "auto";
  std::string sync = "1s";
  std::string max_size;
  std::string rotate;
  std::string keep;
  std::vector<std::string> labels;
};

}  // namespace

void add_record_command(CLI::App& app, const std::vector<std::string>& command,
                        ExitStatus& status) {
  auto arguments = std::make_shared<Arguments>();
  RecordOptions& options = arguments->options;
  CLI::App* record_app = app.add_subcommand("record", "record calls and queries into a trace");
  record_app
      ->add_option("-x,--exec", options.exec, "the binary or shared library: a path or a bare name")
      ->type_name("NAME|PATH");
  record_app
      ->add_option("-f,--func", options.functions, "functions: names and globs, comma-separated")
      ->required()
      ->allow_extra_args(false)
      ->type_name("LIST");
  record_app->add_option("-p,--pid", arguments->pids, "only these processes and their children")
      ->allow_extra_args(false)
      ->type_name("PID[,PID...]");
  record_app->add_option("-o,--output", options.output, "the trace to write")
      ->type_name("FILE.pgt")
      ->capture_default_str();
  record_app->add_flag("--force", options.force, "overwrite the trace if it exists");
  record_app->add_option("-d,--duration", arguments->duration, "stop after this time, like 30s")
      ->type_name("TIME");
  record_app
      ->add_option("--max-size", arguments->max_size, "stop when the trace is so large, like 100M")
      ->type_name("BYTES");
  record_app
      ->add_option(
          "--rotate", arguments->rotate,
          "go on in FILE.2.pgt, FILE.3.pgt, ... when a trace is so large or so old: 1G, 1h")
      ->type_name("BYTES|TIME");
  record_app
      ->add_option("--keep", arguments->keep, "with --rotate: keep so many traces, the newest")
      ->type_name("N");
  record_app->add_option("--buffer", arguments->buffer, "ring buffer of each CPU")
      ->type_name("BYTES")
      ->capture_default_str();
  record_app->add_option("--attach", arguments->attach, "auto, uprobe_multi or perf_event")
      ->type_name("METHOD")
      ->capture_default_str();
  record_app
      ->add_option("--sync", arguments->sync,
                   "what a power failure may cost: off, 1s (of recording) or chunk (the last one)")
      ->type_name("POLICY")
      ->capture_default_str();
  record_app->add_option("--label", arguments->labels, "a fact of your own, kept in the trace")
      ->allow_extra_args(false)
      ->type_name("KEY=VALUE");
  record_app->add_flag("-v,--verbose", options.verbose, "show what libbpf says");
  record_app->footer(
      "After --, a command may follow: it is started when the probes are in place, and "
      "recording ends when it does.");
  record_app->callback([arguments, &command, &status] {
    RecordOptions& parsed = arguments->options;
    parsed.command = command;
    parsed.pids = parse_pids(arguments->pids);
    parsed.ring_bytes = parse_ring_bytes(arguments->buffer);
    parsed.labels = parse_labels(arguments->labels);
    parsed.attach = parse_attach_method(arguments->attach);
    parsed.sync = parse_sync(arguments->sync);
    parsed.rotation = parse_rotation(arguments->max_size, arguments->rotate, arguments->keep);
    if (!arguments->duration.empty())
      parsed.duration = parse_duration(arguments->duration, "--duration");
    status = record(parsed);
  });
}

}  // namespace pgrec

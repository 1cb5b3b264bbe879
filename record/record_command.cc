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

// The pause between rounds: the shorter, the fewer events wait in the rings. What fits into a
// processor's cache costs the server less than what does not: a tenth of a probe. So a round that
// took in much is followed by a short pause, and one that took in little by a longer one than
// before.
constexpr int kShortestPauseMs = 1;
constexpr int kLongestPauseMs = 20;
constexpr std::size_t kMuch = 4096;  // events: 128 KiB of a ring

int next_pause_ms(int pause_ms, std::size_t taken_in) {
  if (taken_in > kMuch) return std::max(pause_ms / 2, kShortestPauseMs);
  if (taken_in < kMuch / 4) return std::min(pause_ms * 2, kLongestPauseMs);
  return pause_ms;
}

// Attaches everything; functions that the kernel refuses are added to `not_probed`. Throws Error
// when none is left.
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
  if (attached == 0) {
    throw Error("nothing to record in " + plan.binary.name + ": " + to_text(not_probed),
                "-v shows the kernel's words");
  }
  if (const auto reason = session.attach_processes()) {
    not_probed.push_back({"sched_process_exit (for processes that begin and end)", *reason});
  }
  if (!plan.activity) return;
  const auto reason =
      session.attach_activity(plan.activity->server.path, plan.activity->attach_offset);
  if (reason) not_probed.push_back({plan.activity->function.name + " (for the queries)", *reason});
}

// What is to be known before it matters. All of it is in the trace.
void print_notes(const std::vector<std::string>& notes) {
  constexpr std::size_t kPrinted = 10;
  for (std::size_t i = 0; i < std::min(notes.size(), kPrinted); ++i)
    std::cerr << "pgrec: " << notes[i] << "\n";
  if (notes.size() > kPrinted) {
    std::cerr << "pgrec: and " << plural(notes.size() - kPrinted, "more such function")
              << ", which pgrec list names\n";
  }
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

// Waits so long, or less. Why recording is to end, if it is.
std::optional<std::string> stop_reason(Stops& stops, const Recorder& recorder, int pause_ms) {
  pollfd waits[2] = {{stops.signal.fd(), POLLIN, 0},
                     {stops.child ? stops.child->fd() : -1, POLLIN, 0}};
  ::poll(waits, 2, pause_ms);
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
    if (terminal) print_progress(recorder, parts);
  }
}

// A path is looked up as the processes see it; where that may not be asked, it can be another file.
void warn_of_unseen(const RecordOptions& options) {
  if (options.exec.find('/') == std::string::npos) return;
  const auto pid = first_unseen(options.pids);
  if (!pid) return;
  std::cerr
      << "pgrec: which file process " << *pid << " sees at " << options.exec << " is not known; "
      << missing_to_see_processes() << "\n"
      << "hint: it is taken for the one seen from here, which is right unless the process runs "
         "in a container or a chroot"
      << std::endl;
}

// Processes that will not be recorded although their binary has the name of the one that is.
void warn_of_older(const RecordingPlan& plan, const std::vector<std::uint32_t>& pids) {
  if (!pids.empty() || plan.binary.path != plan.binary.name) return;
  const auto older = processes_of_an_older(plan.binary.path);
  if (older.empty()) return;
  std::cerr << "pgrec: " << plural(older.size(), "process")
            << (older.size() == 1 ? " still runs" : " still run") << " an older "
            << plan.binary.name << ", which is not recorded\n"
            << "hint: restart the server, or record what runs: -p " << older.front() << std::endl;
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

// What was left out as was asked for.
void print_filtered(const Recorder& recorder, const RecordOptions& options) {
  Account all;
  for (const Account& account : recorder.accounts())
    all.merge(account);
  if (all.filtered == 0) return;
  std::cerr << "  filtered    " << plural(all.filtered, "event");
  if (const std::uint64_t calls = all.short_calls.count(); calls > 0) {
    std::cerr << ", among them " << plural(calls, "call") << " shorter than "
              << duration_text(options.min_duration) << ", of " << duration_text(all.short_calls.total())
              << " in all";
  }
  std::cerr << "\n";
}

// The functions that no event came from, so that nobody has to notice their absence.
void print_silent(const Recorder& recorder, const RecordingPlan& plan) {
  constexpr std::size_t kNamed = 10;
  std::vector<std::string> silent;
  for (std::size_t i = 0; i < plan.selection.functions.size(); ++i) {
    if (recorder.accounts()[i].fired == 0) {
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

void print_summary(const Recorder& recorder, const Parts& parts, const RecordOptions& options,
                   const RecordingPlan& plan, const Upgrades& upgrades,
                   const std::vector<NotProbed>& not_probed,
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
  print_filtered(recorder, options);
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
  warn_of_unseen(options);
  warn_of_older(plan, options.pids);
  std::vector<NotProbed> not_probed = plan.selection.not_probed;
  StopSignal signal;
  ::signal(SIGXFSZ, SIG_IGN);  // a file size limit is told like a full disk
  ::signal(SIGPIPE, SIG_IGN);  // nobody listening any more is no reason to leave the trace open
  Parts parts(options.output, options.force, options.sync, options.rotation);

  BpfConfig config;
  config.probes = static_cast<std::uint32_t>(plan.selection.functions.size());
  config.pids = options.pids;
  config.ring_bytes = options.ring_bytes;
  config.attach = options.attach;
  config.min_duration = options.min_duration;
  config.sample_every = options.sample_every;
  BpfSession session(config, options.verbose);
  check_attach_privileges(session.attach_method());
  const auto probe_cost = measure_probe_cost(config, options.verbose);
  attach(session, plan, not_probed);
  Upgrades upgrades(session, plan);
  print_notes(plan.notes);

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
  Recorder recorder(session, parts, plan.functions(), beginning);
  std::cerr << "recording " << plural(plan.selection.functions.size(), "function") << " of "
            << plan.binary.name << " to " << options.output << "; Ctrl-C ends it" << std::endl;
  // A command that cannot be run must not cost an older trace of that name.
  std::optional<ChildCommand> child;
  if (!options.command.empty()) child.emplace(options.command);
  parts.put_in_place();
  Stops stops{signal, ProcessEnds(options.pids), child ? &*child : nullptr, options.duration};
  std::string ended_by;
  try {
    ended_by = record_until_stopped(recorder, parts, upgrades, stops);
    recorder.finish(ended_by);
    print_ended_parts(parts, ::isatty(STDERR_FILENO) == 1);
  } catch (const std::exception& error) {
    throw Error(error.what(),
                "what was recorded before is readable: pgrec analyze " + parts.writer().name());
  }
  print_summary(recorder, parts, options, plan, upgrades, not_probed, probe_cost,
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

// "1/100" or "100": one of so many.
std::uint32_t parse_sample(const std::string& text) {
  const std::string_view every = std::string_view(text).substr(text.starts_with("1/") ? 2 : 0);
  std::uint32_t n = 0;
  const auto [end, error] = std::from_chars(every.data(), every.data() + every.size(), n);
  if (error != std::errc() || end != every.data() + every.size() || n == 0) {
    throw UsageError("--sample: '" + text + "' is not one of so many",
                     "write it like --sample 1/100");
  }
  return n;
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
  std::string min_duration;
  std::string sample = "1/1";
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
      ->add_option("--min-duration", arguments->min_duration,
                   "only calls that take this long, like 1ms; shorter ones are counted")
      ->type_name("TIME");
  record_app
      ->add_option("--sample", arguments->sample,
                   "only one of N executions, with all its calls; the others are counted")
      ->type_name("1/N")
      ->capture_default_str();
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
    if (!arguments->min_duration.empty())
      parsed.min_duration = parse_duration(arguments->min_duration, "--min-duration");
    parsed.sample_every = parse_sample(arguments->sample);
    parsed.rotation = parse_rotation(arguments->max_size, arguments->rotate, arguments->keep);
    if (!arguments->duration.empty())
      parsed.duration = parse_duration(arguments->duration, "--duration");
    status = record(parsed);
  });
}

}  // namespace pgrec

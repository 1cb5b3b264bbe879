#include "record/top/top.h"

#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <iostream>

#include "format/print/units.h"
#include "record/host/clocks.h"
#include "record/host/process_ends.h"
#include "record/host/stop_signal.h"
#include "record/host/terminal.h"
#include "record/kernel/probe_cost.h"
#include "record/recording/detaching.h"
#include "record/recording/preflight.h"
#include "record/recording/recorder.h"
#include "record/recording/recording.h"
#include "record/recording/recording_cost.h"
#include "record/recording/upgrades.h"
#include "record/top/top_screen.h"
#include "record/top/top_totals.h"

namespace pgrec {
namespace {

// Where it is shown: on a terminal of its own, or as blocks of lines on stdout.
class Display {
 public:
  explicit Display(bool terminal) {
    if (terminal) terminal_.emplace(STDIN_FILENO, STDOUT_FILENO);
  }

  // Another interval has ended; while paused it is not looked at.
  void show(const TopSnapshot& snapshot) {
    if (view_.paused) return;
    shown_ = snapshot;
    if (terminal_) return draw();
    if (printed_) std::cout << "\n";
    print();
  }

  // Does what the keys say that were pressed, and draws again where the size has changed. Whether
  // it is to end, also because nobody looks any more.
  bool follow() {
    if (!terminal_) return !std::cout;
    bool changed = terminal_->size() != size_;
    while (const auto key = terminal_->key()) {
      if (*key == 'q') return true;
      if (*key == 's') view_.sort = next(view_.sort);
      if (*key == 'p') view_.paused = !view_.paused;
      changed = true;
    }
    if (changed) draw();
    return terminal_->is_gone();
  }

  // Gives the terminal back, with what it showed last.
  void end() {
    if (!terminal_) return;
    const bool seen = shown_ && !terminal_->is_gone();
    terminal_.reset();
    if (seen) print();
  }

  // To be polled for keys; -1 where there are none.
  int fd() const { return terminal_ ? STDIN_FILENO : -1; }

 private:
  void draw() {
    size_ = terminal_->size();
    TopView view = view_;
    view.columns = size_.columns;
    view.rows = size_.rows;
    view.keys = true;
    terminal_->show(
        shown_ ? top_lines(*shown_, view)
               : std::vector<std::string>{"waiting for the end of the first interval", "q quit"});
  }
  void print() {
    TopView view;
    view.sort = view_.sort;
    for (const std::string& line : top_lines(*shown_, view))
      std::cout << line << "\n";
    std::cout.flush();
    printed_ = true;
  }

  std::optional<Terminal> terminal_;
  Terminal::Size size_;
  TopView view_;
  std::optional<TopSnapshot> shown_;
  bool printed_ = false;
};

std::uint64_t lost_events(const std::vector<ProbeCounts>& counts) {
  std::uint64_t lost = 0;
  for (const ProbeCounts& one : counts)
    lost += one.lost();
  return lost;
}

// Throws Error where there would be nothing to show.
void check_plan(const RecordingPlan& plan) {
  if (plan.activity || !plan.selection.functions.empty()) return;
  throw Error(plan.binary.name + " reports no queries", "name functions of it with -f");
}

std::string what_is_recorded(const RecordingPlan& plan) {
  const std::size_t functions = plan.selection.functions.size();
  std::string what = plan.activity ? "the queries" : "";
  if (functions > 0) what += (what.empty() ? "" : " and ") + plural(functions, "function");
  return what + " of " + plan.binary.name;
}

}  // namespace

ExitStatus top(const TopOptions& options) {
  check_can_record("sudo pgrec top …");
  const RecordingPlan plan = make_plan(options.recording);
  check_plan(plan);
  warn_of_other_files(plan, options.recording);
  std::vector<NotProbed> not_probed = plan.selection.not_probed;
  StopSignal signal;
  ProcessEnds targets(options.recording.pids);
  ::signal(SIGPIPE, SIG_IGN);
  const BpfConfig config = session_config(options.recording, plan);
  BpfSession session(config, options.recording.verbose);
  Detaching detaching(session, signal);
  std::optional<Duration> call_cost;
  if (config.probes > 0) call_cost = measure_probe_cost(session);
  Upgrades upgrades(session, plan);
  attach(session, plan, not_probed);
  print_notes(plan.notes);
  for (const NotProbed& one : not_probed)
    std::cerr << "pgrec: not probed: " << one.name << ": " << one.reason << "\n";

  const ProbeTable probes = probes_of(plan);
  TopTotals totals(probes);
  TopSnapshot snapshot;
  snapshot.server = plan.activity ? plan.activity->server.name : plan.binary.name;
  snapshot.version = plan.server_version;
  snapshot.has_executions = plan.activity.has_value();
  snapshot.has_functions = config.probes > 0;
  Recorder recorder(session, totals, probes, now_on_both(), call_cost,
                    {plan.known_of_executions(), options.recording.text});
  if (plan.activity) recorder.begin_with(processes_of(plan, options.recording));
  announce_detaching(session);
  std::cerr << "recording " << what_is_recorded(plan) << "; Ctrl-C ends it" << std::endl;
  Display display(Terminal::is_one(STDIN_FILENO, STDOUT_FILENO));
  std::uint64_t shown = 0;
  const auto is_done = [&] { return options.iterations && shown >= *options.iterations; };
  recorder.report_every(options.interval, [&](const IntervalEnd& end) {
    totals.end_interval(Timestamp(end.elapsed), snapshot);
    snapshot.at = utc_text(end.at.realtime_ns);
    snapshot.elapsed = end.elapsed;
    const std::uint64_t lost = lost_events(end.counts);
    snapshot.lost_events = lost - std::exchange(snapshot.all_lost_events, lost);
    if (call_cost) snapshot.cost = paid_text(recorder.cost(), *call_cost);
    const bool empty = snapshot.statements.empty() && snapshot.calls + snapshot.lost_events == 0;
    if (is_done() || (end.last && (display.fd() >= 0 || (empty && shown > 0)))) return;
    ++shown;
    display.show(snapshot);
  });

  int pause_ms = kShortestPauseMs;
  Duration looked{};
  for (;;) {
    pollfd waits[2] = {{signal.fd(), POLLIN, 0}, {display.fd(), POLLIN, 0}};
    ::poll(waits, 2, pause_ms);
    if (signal.take() || (targets.all_ended() && !session.has_followed()) || display.follow() ||
        is_done()) {
      break;
    }
    pause_ms = next_pause_ms(pause_ms, recorder.round());
    if (recorder.elapsed() - looked < std::chrono::seconds(1)) continue;
    looked = recorder.elapsed();
    for (std::string& news : upgrades.look())
      snapshot.notes.push_back(std::move(news));
  }
  recorder.finish("");
  display.end();
  return kExitDone;
}

}  // namespace pgrec

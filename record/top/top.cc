#include "record/top/top.h"

#include <unistd.h>

#include <iostream>
#include <utility>

#include "format/print/printable.h"
#include "format/print/units.h"
#include "record/host/clocks.h"
#include "record/host/stop_signal.h"
#include "record/host/terminal.h"
#include "record/host/writing_signals.h"
#include "record/kernel/probe_cost.h"
#include "record/kernel/session.h"
#include "record/recording/attach.h"
#include "record/recording/detaching.h"
#include "record/recording/pace.h"
#include "record/recording/preflight.h"
#include "record/recording/recorder.h"
#include "record/recording/recording_cost.h"
#include "record/recording/server_processes.h"
#include "record/recording/stops.h"
#include "record/recording/upgrades.h"
#include "record/top/top_display.h"
#include "record/top/top_totals.h"

namespace pgrec {
namespace {

std::uint64_t lost_events(const std::vector<ProbeCounts>& counts) {
  std::uint64_t lost = 0;
  for (const ProbeCounts& one : counts)
    lost += one.lost();
  return lost;
}

// Throws Error where there would be nothing to show.
void check_plan(const RecordingPlan& plan) {
  if (plan.activity || !plan.probes().functions().empty()) return;
  throw Error(plan.files_text() + " reports no queries", "name functions of it with -f");
}

std::string what_is_recorded(const RecordingPlan& plan) {
  const std::size_t functions = plan.probes().functions().size();
  std::string what = plan.activity ? "the queries" : "";
  if (functions > 0) what += (what.empty() ? "" : " and ") + plural(functions, "function");
  return what + " of " + plan.files_text();
}

SessionConfig config_of(const TopOptions& options, const RecordingPlan& plan) {
  SessionConfig config = session_config(plan);
  config.ring_bytes = options.ring_bytes;
  return config;
}

TopSnapshot empty_snapshot(const RecordingPlan& plan, const ProbeTable& probes) {
  TopSnapshot snapshot;
  snapshot.server = plan.activity ? plan.activity->server.name : plan.files_text();
  snapshot.version = plan.server_version;
  snapshot.has_executions = plan.activity.has_value();
  snapshot.has_functions = !probes.chosen().empty();
  return snapshot;
}

// What pgrec top holds, in the order in which it is made.
class Top {
 public:
  // Loads the kernel side. Borrows both.
  Top(const TopOptions& options, const RecordingPlan& plan);

  void put_probes_in_place();
  void begin();
  void run();

 private:
  bool is_done() const { return options_.iterations && shown_ >= *options_.iterations; }
  void end_interval(const IntervalEnd& end);

  const TopOptions& options_;
  const RecordingPlan& plan_;
  const ProbeTable probes_;
  StopSignal signal_;
  Stops stops_;
  const SessionConfig config_;
  KernelSession session_;
  Detaching detaching_;
  std::optional<ProbeCost> probe_cost_;
  Upgrades upgrades_;
  TopTotals totals_;
  TopSnapshot snapshot_;
  std::optional<Recorder> recorder_;
  std::optional<TopDisplay> display_;
  std::uint64_t shown_ = 0;  // intervals
};

Top::Top(const TopOptions& options, const RecordingPlan& plan)
    : options_(options),
      plan_(plan),
      probes_(plan.probes()),
      stops_(signal_, plan.pids),
      config_(config_of(options, plan)),
      session_(config_, options.verbose),
      detaching_(session_, signal_),
      probe_cost_(probes_.chosen().empty() ? std::nullopt
                                           : measure_probe_cost(session_, probes_.any_stepped())),
      upgrades_(session_, plan),
      totals_(probes_),
      snapshot_(empty_snapshot(plan, probes_)) {
  stops_.follow([this] { return session_.has_followed(); });
}

void Top::put_probes_in_place() {
  const auto not_probed = attach(session_, plan_);
  print_notes(std::cerr, plan_.notes);
  print_not_probed(std::cerr, not_probed);
}

void Top::begin() {
  recorder_.emplace(session_, totals_, probes_, now_on_both(), probe_cost_,
                    Recorder::Queries{plan_.known_of_executions(), TextMode::kNormalized});
  if (plan_.activity) {
    recorder_->begin_with(server_processes(*plan_.activity, identity(plan_.activity->server.path),
                                           plan_.pids, config_.text_limit_bytes));
  }
  announce_detaching(session_);
  print_line(std::cerr, "recording " + what_is_recorded(plan_) + "; Ctrl-C ends it");
  display_.emplace(Terminal::is_one(STDIN_FILENO, STDOUT_FILENO));
  stops_.wake_at(display_->fd());
  recorder_->report_every(options_.interval, [this](const IntervalEnd& end) { end_interval(end); });
}

void Top::end_interval(const IntervalEnd& end) {
  totals_.end_interval(Timestamp(end.elapsed), snapshot_);
  snapshot_.at = utc_text(end.at.realtime_ns);
  snapshot_.elapsed = end.elapsed;
  const std::uint64_t lost = lost_events(end.counts);
  snapshot_.lost_events = lost - std::exchange(snapshot_.all_lost_events, lost);
  if (probe_cost_) snapshot_.cost = paid_text(recorder_->cost(), *probe_cost_);
  const bool empty = snapshot_.statements.empty() && snapshot_.calls + snapshot_.lost_events == 0;
  if (is_done() || (end.last && (display_->on_terminal() || (empty && shown_ > 0)))) return;
  ++shown_;
  display_->show(snapshot_);
}

void Top::run() {
  Pace pace(kPaceOfEvents);
  Duration looked{};
  while (!stops_.wait(pace.pause_ms()) && !display_->follow() && !is_done()) {
    pace.took_in(recorder_->round());
    for (std::string& news : upgrades_.news())
      snapshot_.notes.push_back(std::move(news));
    if (recorder_->elapsed() - looked < std::chrono::seconds(1)) continue;
    looked = recorder_->elapsed();
    upgrades_.look();
  }
  recorder_->finish("");
  display_->end();
}

}  // namespace

ExitStatus top(const TopOptions& options) {
  check_can_record("sudo pgrec top …");
  const RecordingPlan plan = make_plan(options.request);
  check_plan(plan);
  warn_of_other_files(std::cerr, plan, options.request.execs);
  ignore_writing_signals();
  Top session(options, plan);
  session.put_probes_in_place();
  session.begin();
  session.run();
  return kExitDone;
}

}  // namespace pgrec

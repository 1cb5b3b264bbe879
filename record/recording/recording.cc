#include "record/recording/recording.h"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "format/print/printable.h"
#include "format/print/units.h"
#include "record/host/child_command.h"
#include "record/host/clocks.h"
#include "record/host/stop_signal.h"
#include "record/host/terminal.h"
#include "record/host/writing_signals.h"
#include "record/kernel/probe_cost.h"
#include "record/kernel/session.h"
#include "record/recording/attach.h"
#include "record/recording/detaching.h"
#include "record/recording/live_histograms.h"
#include "record/recording/pace.h"
#include "record/recording/parts.h"
#include "record/recording/preflight.h"
#include "record/recording/record_summary.h"
#include "record/recording/recorder.h"
#include "record/recording/recording_cost.h"
#include "record/recording/recording_plan.h"
#include "record/recording/server_processes.h"
#include "record/recording/stops.h"
#include "record/recording/trace_facts.h"
#include "record/recording/upgrades.h"

namespace pgrec {
namespace {

// How long calls are counted before recording begins, to say what it will cost.
constexpr Duration kRehearsal = std::chrono::milliseconds(100);
constexpr Duration kDryRun = std::chrono::seconds(1);

SessionConfig config_of(const RecordOptions& options, const RecordingPlan& plan) {
  SessionConfig config = session_config(plan);
  config.ring_bytes = options.ring_bytes;
  config.attach = options.attach;
  config.min_duration = options.min_duration;
  config.sample_every = options.sample_every;
  config.text_limit_bytes = options.text_limit_bytes;
  config.message_at = message_at(options.text);
  return config;
}

// What a recording holds, in the order in which it is made: the probes are taken out after the
// trace is closed.
class Recording {
 public:
  // Makes the trace's file and loads the kernel side. Borrows both.
  Recording(const RecordOptions& options, const RecordingPlan& plan);

  void put_probes_in_place();
  void begin();
  void run();
  void print_outcome();
  // Of the command, where that has ended; else done.
  ExitStatus status() const;

 private:
  void print_expected(const ProbeCost& probe_cost);
  Parts::Preamble preamble(const Moment& beginning) const;
  std::optional<std::string> stop_reason(int pause_ms);
  void record_until_stopped();
  void clear_progress() const;
  void print_progress() const;
  void print_ended_parts();
  void tell_of_upgrades(const std::vector<std::string>& news);
  RecordingOutcome outcome();
  Error failed(const std::exception& why);

  const RecordOptions& options_;
  const RecordingPlan& plan_;
  const ProbeTable probes_;
  const bool terminal_ = ::isatty(STDERR_FILENO) == 1;
  StopSignal signal_;
  Stops stops_;
  std::unique_ptr<Parts> parts_;  // none of a rehearsal
  KernelSession session_;
  Detaching detaching_;
  std::optional<ProbeCost> probe_cost_;
  Upgrades upgrades_;  // a file that takes the path from now on is another
  std::vector<NotProbed> not_probed_;
  std::optional<LiveHistograms> histograms_;
  std::optional<Recorder> recorder_;
  std::optional<ChildCommand> child_;
  std::string ended_by_;
};

std::unique_ptr<Parts> parts_of(const RecordOptions& options) {
  if (options.dry_run) return nullptr;
  return std::make_unique<Parts>(options.output, options.force, options.sync, options.rotation);
}

Recording::Recording(const RecordOptions& options, const RecordingPlan& plan)
    : options_(options),
      plan_(plan),
      probes_(plan.probes()),
      stops_(signal_, plan.pids, options.duration),
      parts_(parts_of(options)),
      session_(config_of(options, plan), options.verbose),
      detaching_(session_, signal_),
      probe_cost_(measure_probe_cost(session_, probes_.any_stepped())),
      upgrades_(session_, plan) {
  stops_.follow([this] { return session_.has_followed(); });
}

void Recording::put_probes_in_place() {
  if (!probe_cost_ && (options_.max_overhead > 0 || options_.dry_run)) {
    throw Error("cannot measure what a probe costs", "record without --max-overhead and --dry-run");
  }
  not_probed_ = attach(session_, plan_);
  if (options_.strict) require_all_probed(not_probed_);
  print_not_probed(std::cerr, not_probed_);
  print_notes(std::cerr, plan_.notes);
  if (probe_cost_ && options_.command.empty()) print_expected(*probe_cost_);
}

// Says what recording will cost, where that can be told: when calls are made already.
void Recording::print_expected(const ProbeCost& probe_cost) {
  const CallRates rates =
      count_calls(session_, probes_, options_.dry_run ? kDryRun : kRehearsal, probe_cost);
  const bool idle = std::all_of(rates.calls.begin(), rates.calls.end(),
                                [](std::uint64_t calls) { return calls == 0; });
  if (idle && !options_.dry_run) return;
  std::cerr << "expected cost: " << expected_text(rates, probes_, probe_cost) << std::endl;
}

void Recording::begin() {
  if (options_.interval) {
    // Results go to stdout, unless that belongs to the command.
    histograms_.emplace(options_.command.empty() ? std::cout : std::cerr, probes_,
                        options_.min_duration);
    parts_->on_cut([this](const Summary& summary) { histograms_->add(summary); });
  }
  const Moment beginning = now_on_both();
  parts_->begin(beginning, [this](const Moment& moment) { return preamble(moment); });
  recorder_.emplace(session_, *parts_, probes_, beginning, probe_cost_,
                    Recorder::Queries{plan_.known_of_executions(), options_.text});
  // With --sample nobody has drawn for what runs, and it is left out.
  if (plan_.activity && options_.sample_every == 1) {
    recorder_->begin_with(server_processes(*plan_.activity, identity(plan_.activity->server.path),
                                           plan_.pids, options_.text_limit_bytes));
  }
  if (histograms_) {
    recorder_->report_every(*options_.interval,
                            [this](IntervalEnd end) { histograms_->end(std::move(end)); });
  }
  if (options_.max_overhead > 0) recorder_->limit_overhead(options_.max_overhead);
  announce_detaching(session_);
  std::cerr << "recording " << probes_text(probes_.functions().size(), probes_.points().size())
            << " of " << printable(plan_.files_text()) << " to " << printable(options_.output)
            << "; Ctrl-C ends it" << std::endl;
  // A command that cannot be run must not cost an older trace of that name.
  if (!options_.command.empty()) stops_.end_with(child_.emplace(options_.command));
  parts_->put_in_place();
}

Parts::Preamble Recording::preamble(const Moment& beginning) const {
  Metadata facts = trace_facts(options_, plan_, beginning);
  facts.emplace_back("record.not_probed", to_text(not_probed_));
  facts.emplace_back("record.attach", session_.attachments().method());
  if (probe_cost_) {
    facts.emplace_back("record.probe_cost_ns", std::to_string(probe_cost_->call.count()));
    if (probes_.any_stepped())
      facts.emplace_back("record.step_cost_ns", std::to_string(probe_cost_->step.count()));
  }
  for (auto& fact : upgrades_.facts())
    facts.push_back(std::move(fact));
  return {std::move(facts), probes_.rows(), plan_.classes()};
}

void Recording::run() {
  try {
    record_until_stopped();
    if (!recorder_->full()) tell_of_upgrades(upgrades_.last_news());
    recorder_->finish(ended_by_);
    print_ended_parts();
  } catch (const std::exception& error) {
    throw failed(error);
  }
}

std::optional<std::string> Recording::stop_reason(int pause_ms) {
  if (auto reason = stops_.wait(pause_ms)) return reason;
  if (recorder_->full()) return recorder_->full();
  return stops_.time_is_up(recorder_->elapsed());
}

// Runs rounds until there is a reason to stop.
void Recording::record_until_stopped() {
  Duration shown{};
  Pace pace(kPaceOfEvents);
  for (;;) {
    if (const auto reason = stop_reason(pace.pause_ms())) {
      ended_by_ = *reason;
      return clear_progress();
    }
    pace.took_in(recorder_->round());
    print_ended_parts();
    if (!recorder_->full()) tell_of_upgrades(upgrades_.news());
    if (recorder_->elapsed() - shown < std::chrono::seconds(1)) continue;
    shown = recorder_->elapsed();
    if (!recorder_->full()) upgrades_.look();
    if (terminal_ && !histograms_) print_progress();
  }
}

void Recording::clear_progress() const {
  if (terminal_) erase_line(std::cerr);
}

void Recording::print_progress() const {
  const Parts::Totals totals = parts_->totals();
  clear_progress();
  std::cerr << fixed_text(std::chrono::duration<double>(recorder_->elapsed()).count(), 0)
            << " s: " << plural(totals.calls, "call") << ", " << bytes_text(totals.bytes) << ", "
            << count_text(totals.lost_events) << " lost" << std::flush;
}

void Recording::print_ended_parts() {
  for (const Parts::Ended& ended : parts_->take_ended()) {
    clear_progress();
    std::cerr << printable(ended.name) << ": " << bytes_text(ended.bytes) << ", "
              << plural(ended.calls, "call") << "; recording goes on in " << printable(ended.next);
    for (const std::string& name : ended.removed)
      std::cerr << "; " << printable(name) << " is removed";
    for (const std::string& name : ended.not_removed)
      std::cerr << "; " << printable(name) << " cannot be removed, or is another file by now";
    std::cerr << std::endl;
  }
}

// Says what became of replaced files, in the trace too.
void Recording::tell_of_upgrades(const std::vector<std::string>& news) {
  if (news.empty()) return;
  parts_->writer().write(upgrades_.facts());
  for (const std::string& one : news) {
    clear_progress();
    print_line(std::cerr, one);
  }
}

RecordingOutcome Recording::outcome() {
  RecordingOutcome all;
  all.first_part = parts_->first_name();
  all.last_part = parts_->writer().name();
  all.parts = parts_->number();
  all.removed_parts = parts_->removed();
  all.totals = parts_->totals();
  all.ended_by = recorder_->full().value_or(ended_by_);
  all.elapsed = recorder_->elapsed();
  all.processes = recorder_->processes();
  all.counts = recorder_->counts();
  all.accounts = recorder_->accounts();
  all.without_room = parts_->left_out();
  all.taken_off = recorder_->taken_off();
  all.not_taken_off = recorder_->not_taken_off();
  all.not_probed = not_probed_;
  all.upgraded = upgrades_.facts();
  all.probe_cost = probe_cost_;
  all.cost = recorder_->cost();
  all.missed_hits = recorder_->missed_hits();
  all.lost_children = recorder_->lost_children();
  all.without_memory = recorder_->without_memory();
  return all;
}

Error Recording::failed(const std::exception& why) {
  return Error(why.what(),
               "what was recorded before is readable: pgrec analyze " + parts_->writer().name());
}

void Recording::print_outcome() {
  print_summary(std::cerr, options_, plan_, outcome());
  if (recorder_->failure()) throw failed(*recorder_->failure());
  if (child_ && child_->running())
    std::cerr << "  command     still runs, as process " << child_->pid() << "\n";
}

ExitStatus Recording::status() const {
  if (!child_ || child_->running()) return kExitDone;
  return static_cast<ExitStatus>(child_->exit_status());
}

}  // namespace

ExitStatus record(const RecordOptions& options) {
  check_can_record("sudo pgrec record …; the trace can then be analyzed without root",
                   options.attach);
  if (!options.command.empty()) ChildCommand::check(options.command);
  const RecordingPlan plan = make_plan(options.request);
  if (options.strict) require_all_probed(plan.not_probed);  // before a file is made
  warn_of_other_files(std::cerr, plan, options.request.execs);
  ignore_writing_signals();
  Recording recording(options, plan);
  recording.put_probes_in_place();
  if (options.dry_run) return kExitDone;
  recording.begin();
  recording.run();
  recording.print_outcome();
  return recording.status();
}

}  // namespace pgrec

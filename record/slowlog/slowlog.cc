#include "record/slowlog/slowlog.h"

#include <poll.h>

#include <fmt/core.h>

#include <csignal>
#include <cstring>
#include <iostream>
#include <optional>

#include "format/print/join.h"
#include "format/print/printable.h"
#include "format/print/units.h"
#include "record/host/clocks.h"
#include "record/host/file_identity.h"
#include "record/host/log_file.h"
#include "record/host/process_ends.h"
#include "record/host/service_manager.h"
#include "record/host/stop_signal.h"
#include "record/host/writing_signals.h"
#include "record/kernel/session.h"
#include "record/recording/detaching.h"
#include "record/recording/pace.h"
#include "record/recording/preflight.h"
#include "record/recording/recording_plan.h"
#include "record/recording/server_processes.h"
#include "record/recording/upgrades.h"
#include "record/server/postmaster_successor.h"
#include "record/slowlog/slow_statement_lines.h"
#include "record/slowlog/slow_statements.h"

namespace pgrec {
namespace {

// Slow statements are few; with a threshold of 0 they are not.
constexpr std::uint64_t kRecordRingBytes = 4u << 20;   // of each CPU
constexpr std::uint64_t kEventRingBytes = 256u << 10;  // holds only the ends of threads
// Of reports in a round: after more than 100 the next follows at once.
constexpr Pace::Limits kPaceOfReports{101, 100, 50, 50};

constexpr std::uint64_t kSecondNs = 1'000'000'000;
// While there is none, it is looked for among all processes.
constexpr std::uint64_t kSuccessorNs = 200'000'000;

// What is lost of one kind of report.
struct Losses {
  std::uint64_t statements = 0;
  std::uint64_t texts = 0;   // pieces of them
  std::uint64_t others = 0;  // names of processes, ends of threads, processes that began
  std::uint64_t unseen = 0;  // hits for which the kernel ran no program
  std::uint64_t unread = 0;  // texts for which there was no memory
  std::uint64_t all() const { return statements + texts + others + unseen + unread; }
};

RecordingPlan find_server(const SlowlogOptions& options) {
  RecordingPlan plan;
  const ServerBinary binary = find_server_binary(options.exec, options.pids);
  plan.files.push_back({binary});
  plan.pids = options.pids;
  ElfImage image = read_elf(binary.path);
  auto hooks = find_server_hooks(image, read_code(binary.path));
  if (!hooks) {
    throw Error(image.server_version.empty()
                    ? binary.name + " is no PostgreSQL server: it has no pgstat_report_activity"
                    : fmt::format("{}, PostgreSQL {}, does not report its queries in a way that is "
                                  "known",
                                  binary.name, image.server_version),
                "-x takes the server's binary, such as /usr/lib/postgresql/15/bin/postgres");
  }
  plan.server_version = image.server_version;
  plan.activity = RecordingPlan::Activity{binary, std::move(image), std::move(*hooks)};
  return plan;
}

SessionConfig session_config(const SlowlogOptions& options) {
  SessionConfig config;
  config.pids = options.pids;
  config.ring_bytes = kEventRingBytes;
  config.record_ring_bytes = kRecordRingBytes;
  config.queries = true;
  config.text_limit_bytes = options.text_limit_bytes;
  config.message_at = message_at(options.text);
  config.slow = SlowStatementsOnly{options.threshold, options.errors};
  return config;
}

class Slowlog {
 public:
  Slowlog(const SlowlogOptions& options, const RecordingPlan& plan, LogFile& log)
      : options_(options),
        plan_(plan),
        log_(log),
        file_(identity(plan.activity->server.path)),
        session_(session_config(options), options.verbose),
        upgrades_(session_, plan),
        statements_(session_.rings(), options.text),
        ends_(options.pids),
        successors_(options.pids) {}

  ExitStatus run(StopSignal& signal);

 private:
  void attach();
  void begin();
  std::string log_until_stopped(StopSignal& signal);
  void end(const std::string& reason);
  void look_at_running(const std::vector<std::uint32_t>& pids);
  std::optional<std::string> wait(StopSignal& signal);
  void take_in(std::vector<SlowStatement> told);
  void look_around();
  void look_for_losses();
  void look_for_successors();
  Losses losses();
  void say(const std::string& event, const std::string& message);
  void write(const std::string& line);
  bool write_what_was_not();

  const SlowlogOptions& options_;
  const RecordingPlan& plan_;
  LogFile& log_;
  std::optional<FileIdentity> file_;  // of the server that the plan is of
  KernelSession session_;
  Upgrades upgrades_;
  SlowStatements statements_;
  ProcessEnds ends_;
  PostmasterSuccessor successors_;
  Pace pace_{kPaceOfReports};
  std::uint64_t begun_ns_ = 0;
  std::uint64_t looked_ns_ = 0;
  std::uint64_t looked_for_successors_ns_ = 0;
  Losses told_losses_;
  std::int64_t losses_since_ns_ = 0;  // realtime
  std::uint64_t unwritten_ = 0;       // lines
  std::int64_t unwritten_since_ns_ = 0;
  std::string unwritten_why_;
  std::uint64_t logged_ = 0;
};

void Slowlog::attach() {
  const ServerHooks& hooks = plan_.activity->hooks;
  for (const std::string& what : hooks.missing)
    print_line(std::cerr, "pgrec: not known of this server: " + what);
  const auto refused =
      session_.attachments().attach_hooks(plan_.activity->server.path, hooks.server, hooks.sites());
  for (std::size_t i = 0; i < refused.size(); ++i) {
    if (!refused[i]) continue;
    const std::string what = fmt::format("{}: {}", hooks.found[i].function.name, *refused[i]);
    const wire_hook hook = hooks.found[i].site.hook;
    if (hook == WIRE_ON_ACTIVITY || hook == WIRE_ON_COMPLETION || hook == WIRE_ON_RUN_END)
      throw Error(
          fmt::format("cannot see the statements of {}: {}", plan_.activity->server.name, what),
          "-v shows the kernel's words");
    print_line(std::cerr, "pgrec: not probed: " + what);
  }
  if (const auto reason = session_.follow_processes()) {
    throw Error("cannot follow processes that begin and end: " + *reason,
                "-v shows the kernel's words");
  }
}

// Of a server that replaced it, it is not known where in memory its queries are.
void Slowlog::look_at_running(const std::vector<std::uint32_t>& pids) {
  statements_.begin_with(
      server_processes(*plan_.activity, file_, pids, options_.text_limit_bytes),
      [this](const wire_slow_statement& statement) { return session_.seed(statement); });
}

// What was not written goes first; where that fails, so would the line.
void Slowlog::write(const std::string& line) {
  if (unwritten_ > 0 && !write_what_was_not()) {
    ++unwritten_;
    return;
  }
  if (log_.write(line)) return;
  unwritten_ = 1;
  unwritten_since_ns_ = now_on_both().realtime_ns;
  unwritten_why_ = log_.why();
  if (log_.is_abandoned()) return;
  print_line(std::cerr, "pgrec: cannot write the log: " + log_.why() +
                            "; what is not written is counted, and told in the log when it can be "
                            "written again");
}

bool Slowlog::write_what_was_not() {
  const std::string message =
      fmt::format("{} since {} could not be written: {}", plural(unwritten_, "line"),
                  time_text(unwritten_since_ns_), unwritten_why_);
  const std::int64_t now = now_on_both().realtime_ns;
  if (!log_.write(options_.json ? json_line(now, "unwritten", message) : text_line(now, message)))
    return false;
  print_line(std::cerr, "pgrec: the log can be written again; " + message);
  unwritten_ = 0;
  return true;
}

void Slowlog::say(const std::string& event, const std::string& message) {
  const std::int64_t now = now_on_both().realtime_ns;
  write(options_.json ? json_line(now, event, message) : text_line(now, message));
}

// Both are in order.
void Slowlog::take_in(std::vector<SlowStatement> told) {
  const KnownOfExecutions& known = plan_.activity->hooks.known;
  const auto errors = statements_.take_errors();
  auto error = errors.begin();
  const auto write_errors = [&](std::int64_t until_ns) {
    for (; error != errors.end() && error->at_ns <= until_ns; ++error)
      write(options_.json ? json_line(*error) : text_line(*error));
  };
  for (SlowStatement& statement : told) {
    write_errors(statement.ended_at_ns);
    if (!known.rows) statement.rows.reset();
    write(options_.json ? json_line(statement, known) : text_line(statement));
  }
  write_errors(INT64_MAX);
  logged_ += told.size();
}

Losses Slowlog::losses() {
  Losses losses;
  losses.unread = statements_.without_memory();
  losses.unseen = session_.counters().missed_hits().value_or(0);
  losses.others = session_.counters().lost_children() + session_.counters().lost_thread_ends();
  if (session_.counters().lost_events() == 0) return losses;
  const wire_counts counts = session_.counters().counts().front().sum;
  for (const auto& of_cause : counts.lost) {
    for (int kind = 0; kind < WIRE_KINDS; ++kind) {
      (kind == WIRE_SLOW   ? losses.statements
       : kind == WIRE_TEXT ? losses.texts
                           : losses.others) += of_cause[kind];
    }
  }
  return losses;
}

void Slowlog::look_for_losses() {
  const Losses now = losses();
  const std::int64_t at_ns = now_on_both().realtime_ns;
  if (now.all() != told_losses_.all()) {
    std::vector<std::string> parts;
    const auto add = [&parts](std::uint64_t lost, std::uint64_t before, const char* what) {
      if (lost > before) parts.push_back(plural(lost - before, what));
    };
    add(now.statements, told_losses_.statements, "statement");
    add(now.texts, told_losses_.texts, "text piece");
    add(now.others, told_losses_.others, "process report");
    add(now.unseen, told_losses_.unseen, "unseen report");
    add(now.unread, told_losses_.unread, "unread text");
    const std::string message =
        fmt::format("lost between {} and {}: {}", time_text(losses_since_ns_), time_text(at_ns),
                    join(parts, ", "));
    say("losses", message);
    std::cerr << "pgrec: " << message << std::endl;
    told_losses_ = now;
  }
  losses_since_ns_ = at_ns;
}

void Slowlog::look_for_successors() {
  for (const auto& news : successors_.look()) {
    std::string message = fmt::format("the server's process {} ended", news.ended);
    if (news.successor == 0) {
      message += "; waiting for the next";
    } else {
      session_.follow({news.successor});
      look_at_running({news.successor});
      message += fmt::format(", and process {} took its place", news.successor);
    }
    say("server", message);
    std::cerr << "pgrec: " << message << std::endl;
  }
}

void Slowlog::look_around() {
  look_for_losses();
  upgrades_.look();
  if (unwritten_ > 0) write_what_was_not();
}

// Waits a moment. Why the log is to end, if it is.
std::optional<std::string> Slowlog::wait(StopSignal& signal) {
  pollfd signals{signal.fd(), POLLIN, 0};
  ::poll(&signals, 1, pace_.pause_ms());
  while (const auto arrived = signal.take()) {
    if (*arrived != SIGHUP || options_.log.empty())
      return std::string("SIG") + ::sigabbrev_np(*arrived);
    // What came before is in the old file.
    take_in(statements_.round(now_on_both()));
    if (!log_.reopen()) {
      print_line(std::cerr, fmt::format("pgrec: cannot open the log {} anew: {}; it goes on in the "
                                        "old one",
                                        options_.log, log_.why()));
    }
  }
  if (log_.is_abandoned()) return "its reader";
  if (options_.duration &&
      monotonic_ns() - begun_ns_ >= static_cast<std::uint64_t>(options_.duration->count()))
    return "its time being up";
  if (!successors_.has_any() && ends_.all_ended() && !session_.has_followed()) return ends_.what();
  return std::nullopt;
}

void Slowlog::begin() {
  losses_since_ns_ = now_on_both().realtime_ns;
  begun_ns_ = monotonic_ns();
  session_.start();
  look_at_running(options_.pids);
  const std::string statements =
      options_.threshold > Duration{}
          ? fmt::format("statements that take {} or more", duration_text(options_.threshold))
          : "every statement";
  const std::string what = fmt::format("{} of {}", statements, plan_.activity->server.name);
  say("begin", "logging " + what);
  print_line(std::cerr, fmt::format("logging {} to {}{}; Ctrl-C ends it", what,
                                    options_.log.empty() ? "standard output" : options_.log,
                                    options_.pids.empty() ? "" : ", of the processes named"));
  tell_service_manager("READY=1\nSTATUS=logging " + printable(what));
}

// Runs rounds until there is a reason to end. Returns it.
std::string Slowlog::log_until_stopped(StopSignal& signal) {
  for (;;) {
    if (const auto reason = wait(signal)) return *reason;
    const std::uint64_t before = statements_.taken_in();
    const Moment now = now_on_both();
    take_in(statements_.round(now));
    for (const ThreadHit& end : session_.take_late_ends())
      statements_.add_end(end);
    pace_.took_in(statements_.taken_in() - before);
    for (const std::string& news : upgrades_.news()) {
      say("server", news);
      print_line(std::cerr, "pgrec: " + news);
    }
    if (now.monotonic_ns - looked_for_successors_ns_ >= kSuccessorNs) {
      looked_for_successors_ns_ = now.monotonic_ns;
      look_for_successors();
    }
    if (now.monotonic_ns - looked_ns_ < kSecondNs) continue;
    looked_ns_ = now.monotonic_ns;
    look_around();
  }
}

void Slowlog::end(const std::string& reason) {
  tell_service_manager("STOPPING=1");
  session_.stop();
  take_in(statements_.rest(now_on_both()));
  look_for_losses();
  const std::string ended =
      fmt::format("ended by {}; {} logged", reason, plural(logged_, "statement"));
  say("end", ended);
  std::cerr << ended << std::endl;
  if (unwritten_ > 0) {
    throw Error(fmt::format("{} could not be written to the log: {}", plural(unwritten_, "line"),
                            log_.why()),
                "what was written before is whole");
  }
}

ExitStatus Slowlog::run(StopSignal& signal) {
  const Detaching detaching(session_, signal);
  attach();
  begin();
  end(log_until_stopped(signal));
  return kExitDone;
}

}  // namespace

ExitStatus log_slow_statements(const SlowlogOptions& options) {
  check_can_record("sudo pgrec slowlog …");
  const RecordingPlan plan = find_server(options);
  ignore_writing_signals();
  // Here it asks for something, also under nohup.
  if (!options.log.empty()) ::signal(SIGHUP, SIG_DFL);
  StopSignal signal;
  LogFile log(options.log);
  return Slowlog(options, plan, log).run(signal);
}

}  // namespace pgrec

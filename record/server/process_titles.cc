#include "record/server/process_titles.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <tuple>

#include "format/print/number.h"
#include "record/host/clocks.h"
#include "record/host/descriptor.h"
#include "record/host/proc_path.h"
#include "record/host/process_tree.h"
#include "record/server/process_identity.h"

namespace pgrec {
namespace {

constexpr std::string_view kParallelWorker = "parallel worker for PID ";
constexpr int kMostLooks = 50;  // one every 20 ms, for about a second
// A process takes its title soon after it has begun, or has another's number.
constexpr std::int64_t kSoonNs = 1'000'000'000;

constexpr std::size_t kTitleBytes = 1024;

// The beginning of the process's command line, its arguments joined by spaces; nothing when the
// process is gone, also when it goes while it is asked.
std::optional<std::string> command_line(std::uint32_t pid) {
  const Descriptor file(::open(proc_path(pid, "cmdline").c_str(), O_RDONLY | O_CLOEXEC));
  std::string text(kTitleBytes, '\0');
  const ssize_t length = file.is_open() ? ::read(file.get(), text.data(), text.size()) : -1;
  if (length < 0) return std::nullopt;
  text.resize(static_cast<std::size_t>(length));
  for (char& c : text)
    c = c == '\0' ? ' ' : c;
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

// When a process began, CLOCK_MONOTONIC ns, to a tick: field 22 of /proc/PID/stat counts ticks of
// CLOCK_BOOTTIME. Nothing when it is gone.
std::optional<std::int64_t> start_of(std::uint32_t pid) {
  std::ifstream file(proc_path(pid, "stat"));
  std::string all;
  // Not by lines: the name in it, which a process gives itself, may have line ends.
  if (!std::getline(file, all, '\0')) return std::nullopt;
  std::istringstream fields(all.substr(std::min(all.rfind(')') + 1, all.size())));
  std::string field;
  for (int number = 3; number <= 22; ++number)
    fields >> field;
  const auto ticks = parse_number<std::int64_t>(field);
  if (!fields || !ticks) return std::nullopt;
  timespec boot{};
  ::clock_gettime(CLOCK_BOOTTIME, &boot);
  const std::int64_t boot_ns = boot.tv_sec * 1'000'000'000ll + boot.tv_nsec;
  const std::int64_t since_boot_ns = *ticks * (1'000'000'000ll / ::sysconf(_SC_CLK_TCK));
  return static_cast<std::int64_t>(monotonic_ns()) - (boot_ns - since_boot_ns);
}

}  // namespace

std::string process_title(std::uint32_t pid) {
  return command_line(pid).value_or("");
}

void ProcessTitles::begin(std::uint32_t pid, Found& found) {
  ++count_;
  found.started_ns = start_of(pid);
  if (auto known = found_.extract(pid)) std::tie(found.application, found.who) = known.mapped();
  unsettled_.push_back(pid);
}

void ProcessTitles::replace(std::uint32_t pid, Found& found) {
  const bool seen = found.seen;
  if (found.in_part && !found.taken) replaced_.emplace_back(pid, std::move(found));
  found = {};
  found.seen = seen;
  ++count_;
}

void ProcessTitles::named(std::uint32_t pid, std::uint64_t at_ns, std::string_view fixed_part,
                          bool client) {
  const auto at = static_cast<std::int64_t>(at_ns);
  const auto [known, is_new] = processes_.try_emplace(pid);
  Found& found = known->second;
  if (is_new) {
    ++count_;
  } else if (found.ended_ns || (found.started_ns && at - *found.started_ns > kSoonNs)) {
    replace(pid, found);
  }
  if (!found.started_ns) found.started_ns = at;
  found.seen = true;
  found.taken = false;
  found.client = client;
  std::string title =
      fixed_part.empty() ? process_title(pid) : std::string(kTitleStart) + std::string(fixed_part);
  if (title.starts_with(kTitleStart)) found.title = std::move(title);
  found.settled = !found.title.empty();
  if (!found.settled) unsettled_.push_back(pid);
}

void ProcessTitles::identified(std::uint32_t pid, std::string_view title,
                               const std::optional<ProcessWho>& who) {
  seen(pid);
  Found& found = processes_[pid];
  if (found.ended_ns) replace(pid, found);
  if (!who) return;
  const std::string database = found.who ? found.who->database : "";
  found.who = who;
  if (found.who->database.empty()) found.who->database = database;
  if (found.title.empty() || found.who->client.empty()) found.title = title;
  found.settled = true;
  found.taken = false;
}

bool ProcessTitles::runs_as_first(std::uint32_t pid, const Session& session) {
  Found& found = processes_[pid];
  if (!found.session) {
    found.session = session;
    found.taken = false;
  }
  return *found.session == session;
}

void ProcessTitles::application(std::uint32_t pid, std::string_view name) {
  seen(pid);
  Found& found = processes_[pid];
  if (found.application == name) return;
  found.application = name;
  if (!found.session) found.taken = false;
}

void ProcessTitles::ended(std::uint32_t pid, std::uint64_t at_ns) {
  found_.erase(pid);
  const auto at = static_cast<std::int64_t>(at_ns);
  const auto end = [at](Found& found) {
    if (found.ended_ns || (found.started_ns && *found.started_ns > at)) return false;
    found.ended_ns = at;
    found.taken = false;
    found.settled = true;
    return true;
  };
  if (const auto found = processes_.find(pid); found != processes_.end() && end(found->second))
    return;
  for (auto& [replaced, found] : replaced_) {
    if (replaced == pid && end(found)) return;
  }
}

std::optional<std::uint32_t> ProcessTitles::leader_of(std::uint32_t pid) {
  const auto known = processes_.find(pid);
  if (known == processes_.end()) return std::nullopt;
  if (known->second.title.empty()) look_up();
  const std::string& title = known->second.title;
  const std::size_t place = title.find(kParallelWorker);
  if (!title.starts_with(kTitleStart) || place == title.npos) return std::nullopt;
  const std::string_view number = std::string_view(title).substr(place + kParallelWorker.size());
  return parse_number<std::uint32_t>(leading_digits(number)).value_or(0);
}

void ProcessTitles::look_up() {
  std::erase_if(unsettled_, [this](std::uint32_t pid) {
    Found& found = processes_[pid];
    if (found.settled) return true;
    const auto title = command_line(pid);
    if (title && !title->empty()) found.title = *title;
    const bool is_title = found.title.compare(0, kTitleStart.size(), kTitleStart) == 0;
    found.settled = is_title || !title || ++found.looks == kMostLooks;
    return found.settled;
  });
}

std::vector<Process> ProcessTitles::take(bool all, std::uint64_t begin_ns) {
  std::vector<Process> taken;
  const auto take_one = [&](std::uint32_t pid, Found& found) {
    const auto in_trace = [&](std::int64_t at_ns) {
      return from_ns(at_ns - static_cast<std::int64_t>(begin_ns));
    };
    Process& process = taken.emplace_back();
    process.pid = pid;
    process.title = found.title;
    process.application = found.session ? found.session->application : found.application;
    process.who = found.who;
    if (!process.who && found.client) process.who = client_with_title(found.title);
    if (found.session) {
      process.user = found.session->user;
      process.session_user = found.session->session_user;
    }
    if (found.started_ns) process.started = in_trace(*found.started_ns);
    if (found.ended_ns) process.ended = std::max(in_trace(*found.ended_ns), Timestamp{});
    found.taken = true;
  };
  for (auto& [pid, found] : replaced_)
    take_one(pid, found);
  replaced_.clear();
  for (auto& [pid, found] : processes_) {
    if (found.in_part && !found.taken && (found.settled || all)) take_one(pid, found);
  }
  return taken;
}

void ProcessTitles::begin_part() {
  last_ = 0;
  replaced_.clear();
  // One that was not in this part either and is gone will hardly come again.
  std::erase_if(processes_, [](const auto& process) {
    const auto& [pid, found] = process;
    if (found.seen || !found.settled) return false;
    return found.ended_ns || is_gone(pid);
  });
  for (auto& [pid, found] : processes_) {
    found.seen = found.in_part = found.taken = false;
    found.session.reset();
  }
}

}  // namespace pgrec

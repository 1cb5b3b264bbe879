#include "record/recording/detaching.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "format/frame/file.h"
#include "format/print/units.h"
#include "record/host/clocks.h"
#include "record/host/terminal.h"

namespace pgrec {
namespace {

constexpr Duration kLong = std::chrono::seconds(2);
constexpr Duration kEachOnTerminal = std::chrono::milliseconds(200);
constexpr Duration kEachElsewhere = std::chrono::seconds(10);

// "1 min 23 s" is more than anyone wants to know of an estimate.
std::string seconds_text(Duration duration) {
  return count_text(static_cast<std::uint64_t>(
                        std::chrono::duration_cast<std::chrono::seconds>(duration).count()) +
                    1) +
         " s";
}

// Says how far it is, every now and then.
class Progress {
 public:
  explicit Progress(Duration expected) : expected_(expected) {}
  ~Progress() {
    if (said_ && terminal_) erase_line(std::cerr);
  }

  void show(std::size_t gone, std::size_t all) {
    const Duration now(monotonic_ns() - begin_);
    if (expected_ < kLong && now < kLong) return;
    if (said_ && now < next_) return;
    said_ = true;
    next_ = now + (terminal_ ? kEachOnTerminal : kEachElsewhere);
    if (terminal_) erase_line(std::cerr);
    std::cerr << detaching_text(gone, all, now, expected_) << (terminal_ ? "" : "\n") << std::flush;
  }

 private:
  std::uint64_t begin_ = monotonic_ns();
  Duration expected_;
  Duration next_{};
  bool said_ = false;
  bool terminal_ = ::isatty(STDERR_FILENO) == 1;
};

// All open descriptors but those of the kernel's own objects, among which probes are. Who reads a
// pipe that this process writes is to see its end, and no file system is to be held.
std::vector<int> descriptors_of_files() {
  std::vector<int> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", error)) {
    const std::string what = std::filesystem::read_symlink(entry.path(), error).string();
    if (!what.starts_with("anon_inode:"))
      files.push_back(std::atoi(entry.path().filename().c_str()));
  }
  if (files.empty()) files = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};
  return files;
}

// Has a process of its own hold all open descriptors of probes until this one has ended, so that
// none that is closed here is the last of its probe: the kernel takes the probes out when that
// process ends, and nobody waits for it. It waits for the death of its parent, because only then
// are the parent's descriptors closed. False where there can be no such process.
bool hand_over_descriptors() {
  const pid_t parent = ::getpid();
  const std::vector<int> others = descriptors_of_files();
  std::cerr.flush();
  const pid_t child = ::fork();
  if (child < 0) {
    std::cerr << "pgrec: the probes cannot be left to another process: " << reason_of(errno)
              << std::endl;
  }
  if (child != 0) return child > 0;
  ::setsid();
  for (const int fd : others)
    ::close(fd);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  while (::getppid() == parent)
    ::pause();
  ::_exit(0);
}

}  // namespace

std::string detaching_text(std::size_t gone, std::size_t all, Duration after, Duration expected) {
  const Duration left =
      gone > 0 ? after * static_cast<int>(all - gone) / static_cast<int>(gone) : expected;
  return "taking out the probes: " + count_text(gone) + " of " + count_text(all) + ", about " +
         seconds_text(left) + " to go; Ctrl-C leaves it to the kernel";
}

void announce_detaching(const KernelSession& session) {
  const Duration expected = session.attachments().detach_time();
  if (expected < kLong) return;
  std::cerr << "pgrec: this kernel takes out one probe after the other, which will take about "
            << seconds_text(expected) << "; the trace is closed before that" << std::endl;
}

Detaching::~Detaching() {
  session_.pause();
  Progress progress(session_.changes().detach_time());
  const bool gone = session_.changes().end([&](std::size_t gone_so_far, std::size_t all) {
    progress.show(gone_so_far, all);
    return !signal_.take() || !hand_over_descriptors();
  });
  if (!gone) session_.changes().end();
}

}  // namespace pgrec

#include "record/host/stop_signal.h"

#include <sys/signalfd.h>

#include <cerrno>
#include <csignal>

#include "format/error.h"
#include "format/frame/file.h"

namespace pgrec {
namespace {

bool is_ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

// The kernel keeps a blocked signal for a signalfd also where it is ignored.
sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    if (signal == SIGINT || !is_ignored(signal)) sigaddset(&set, signal);
  }
  return set;
}

bool is_sent_by_a_process(const signalfd_siginfo& info) {
  return info.ssi_code <= 0;  // SI_USER, SI_QUEUE, SI_TKILL; above 0: the kernel, for a terminal
}

}  // namespace

StopSignal::StopSignal() {
  const sigset_t set = stop_signals();
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  fd_ = Descriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd_.is_open()) throw Error("cannot wait for signals: " + reason_of(errno));
}

void StopSignal::unblock() {
  const sigset_t set = stop_signals();
  ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

std::optional<int> StopSignal::take() {
  signalfd_siginfo info{};
  while (::read(fd_.get(), &info, sizeof info) == sizeof info) {
    const auto signal = static_cast<int>(info.ssi_signo);
    if (!is_ignored(signal) || is_sent_by_a_process(info)) return signal;
  }
  return std::nullopt;
}

}  // namespace pgrec

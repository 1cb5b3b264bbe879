#include "analyze/sql/removed_by_signals.h"

#include <unistd.h>
#include <csignal>

#include <array>
#include <climits>

#include "format/error.h"

namespace pgrec {
namespace {

constexpr std::array<int, 3> kSignals = {SIGINT, SIGTERM, SIGHUP};

// A handler may use what stays where it is.
std::array<char, PATH_MAX> removed_path;
std::array<bool, kSignals.size()> taken;

// Runs with the signal's own action back in place.
extern "C" void remove_and_end(int signal) {
  ::unlink(removed_path.data());
  ::raise(signal);
}

void set_action(int signal, void (*handler)(int), int flags) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = flags;
  ::sigaction(signal, &action, nullptr);
}

bool has_default_action(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && (action.sa_flags & SA_SIGINFO) == 0 &&
         action.sa_handler == SIG_DFL;
}

}  // namespace

RemovedBySignals::RemovedBySignals(const std::string& path) {
  if (path.size() >= removed_path.size())
    throw Error("cannot write " + path + ": its name is too long");
  path.copy(removed_path.data(), path.size());
  removed_path[path.size()] = '\0';
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    taken[i] = has_default_action(kSignals[i]);
    if (taken[i]) set_action(kSignals[i], remove_and_end, SA_RESETHAND | SA_NODEFER);
  }
}

RemovedBySignals::~RemovedBySignals() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    if (taken[i]) set_action(kSignals[i], SIG_DFL, 0);
  }
}

}  // namespace pgrec

#include "record/host/writing_signals.h"

#include <array>
#include <csignal>
#include <optional>

namespace pgrec {
namespace {

struct Ignored {
  int signal;
  std::optional<struct sigaction> before{};  // none: not ignored by us
};

std::array<Ignored, 2> ignored = {{{SIGPIPE}, {SIGXFSZ}}};

}  // namespace

void ignore_writing_signals() {
  for (Ignored& one : ignored) {
    struct sigaction action {};
    action.sa_handler = SIG_IGN;
    struct sigaction before {};
    if (::sigaction(one.signal, &action, &before) == 0 && !one.before) one.before = before;
  }
}

void restore_writing_signals() {
  for (Ignored& one : ignored) {
    if (one.before) ::sigaction(one.signal, &*one.before, nullptr);
    one.before.reset();
  }
}

}  // namespace pgrec

#include "analyze/report/progress_line.h"

#include <fmt/core.h>
#include <unistd.h>

#include <iostream>

#include "analyze/report/layout.h"

namespace pgrec {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kQuiet{1000};
constexpr milliseconds kBetween{200};

}  // namespace

ProgressLine::ProgressLine()
    : on_(terminal_width(STDERR_FILENO).has_value()), begun_(steady_clock::now()), last_(begun_) {}

ProgressLine::~ProgressLine() {
  clear();
}

Progress ProgressLine::progress() {
  if (!on_) return {};
  return [this](double share) { show(share); };
}

void ProgressLine::show(double share) {
  const auto now = steady_clock::now();
  if (now - begun_ < kQuiet || now - last_ < kBetween) return;
  last_ = now;
  shown_ = true;
  std::cerr << fmt::format("\rreading: {:.0f} % ", 100 * share) << std::flush;
}

void ProgressLine::clear() {
  if (shown_) std::cerr << "\r                \r" << std::flush;
  shown_ = false;
}

}  // namespace pgrec

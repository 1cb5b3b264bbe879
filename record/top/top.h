// Runs pgrec top: attaches, and shows again and again what the statements and functions of the last
// interval took. Keeps nothing.
#pragma once

#include <cstdint>
#include <optional>

#include "format/clock.h"
#include "format/error.h"
#include "record/recording/recording_plan.h"

namespace pgrec {

struct TopOptions {
  RecordOptions recording;  // top ignores what concerns a trace
  Duration interval = std::chrono::seconds(2);
  std::optional<std::uint64_t> iterations;  // intervals after which it ends
};

// Shows a screen where stdin and stdout are a terminal, else prints block after block to stdout.
// What else it has to say goes to stderr. Throws Error with a hint.
ExitStatus top(const TopOptions& options);

}  // namespace pgrec

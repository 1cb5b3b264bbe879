// Runs pgrec top: attaches, and shows again and again what the statements and functions of the last
// interval took. Keeps nothing.
#pragma once

#include <cstdint>
#include <optional>

#include "format/clock.h"
#include "format/error.h"
#include "record/recording/recording_plan.h"

namespace pgrec {

// The command line of pgrec top.
struct TopOptions {
  PlanRequest request;
  std::uint64_t ring_bytes = 8u << 20;
  Duration interval = std::chrono::seconds(2);
  std::optional<std::uint64_t> iterations;  // intervals after which it ends
  bool verbose = false;
};

// Shows a screen where stdin and stdout are a terminal, else prints block after block to stdout.
// Says what else it has to say on stderr. Throws Error with a hint.
ExitStatus top(const TopOptions& options);

}  // namespace pgrec

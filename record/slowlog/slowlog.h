// Runs the slow-query log: finds the server, puts the hooks into it, and writes a line for each
// statement that took long, until a signal ends it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "format/clock.h"
#include "format/error.h"
#include "record/matching/query_texts.h"

namespace pgrec {

// The command line of pgrec slowlog.
struct SlowlogOptions {
  std::string exec;
  std::vector<std::uint32_t> pids;
  std::optional<Duration> duration;  // after which it ends
  Duration threshold = std::chrono::milliseconds(200);
  bool errors = false;
  std::string log;  // empty: standard output
  bool json = false;
  TextMode text = TextMode::kFull;
  std::uint32_t text_limit_bytes = 64u << 10;
  bool verbose = false;
};

// Runs until SIGINT or SIGTERM, until its time is up, or until the processes end that it is limited
// to, if none of them is a postmaster. Throws Error with a hint.
ExitStatus log_slow_statements(const SlowlogOptions& options);

}  // namespace pgrec

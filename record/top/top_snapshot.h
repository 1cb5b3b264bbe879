// What pgrec top shows of one interval.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "format/clock.h"

namespace pgrec {

struct TopStatement {
  std::string text;              // its literals replaced
  std::uint64_t executions = 0;  // that ended in the interval
  std::uint64_t running = 0;     // that ran when it ended
  std::uint64_t errors = 0;      // of those that ended
  Duration in_interval{};        // that all of them, also running ones, took of the interval
  Duration mean{}, max{};        // of those that ended, from their beginning
};

struct TopFunction {
  std::string name;
  std::uint64_t calls = 0;                  // that ended in the interval
  Duration total{}, self{}, mean{}, p99{};  // of those that returned
};

struct TopSnapshot {
  // Of the recording.
  std::string server;   // the binary
  std::string version;  // of the server; empty: not known
  std::string at;       // the interval's end, UTC
  Duration elapsed{};   // since recording began
  std::string cost;     // of the probes so far, in words; empty: not known
  std::vector<std::string> notes;
  bool has_executions = false;  // whether this server reports any
  bool has_errors = false;      // whether what became of executions is known
  bool has_functions = false;   // whether any were named

  // Of the interval.
  Duration interval{};
  std::uint64_t executions = 0;
  std::uint64_t calls = 0;
  std::uint64_t lost_events = 0;
  std::uint64_t all_lost_events = 0;  // since recording began
  std::vector<TopStatement> statements;
  std::vector<TopFunction> functions;  // all that are probed
};

}  // namespace pgrec

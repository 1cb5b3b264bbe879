// One execution as lines in order of time, few enough to be read: calls, gaps between them, events,
// and workers, folded together where there are many.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "analyze/calls/execution_detail.h"
#include "analyze/trace/trace_set.h"

namespace pgrec {

struct WaterfallLine {
  enum class Kind : std::uint8_t { kCall, kEvent, kGap, kWorker };
  Kind kind = Kind::kCall;
  std::uint32_t depth = 0;   // 0: nothing around it; what a worker did is one deeper than its line
  std::string name;          // of the function or the class, not made printable; of a gap none
  std::string arguments;     // of a single event
  std::uint64_t count = 1;   // calls, events or gaps that are folded into it
  Timestamp from{}, to{};    // of all of them; an open one ends with its execution
  Duration total{}, self{};  // of those that returned; of a gap its time
  Duration at_most{};        // the most that those were which did not
  Duration longest{};        // of those that returned
  std::uint64_t not_returned = 0;
  Outcome outcome = Outcome::kReturned;  // of one of those that did not return; of any other: this
  bool is_error = false;                 // an event that tells of an error
};

struct Waterfall {
  // How much is folded into a line.
  enum class Folding : std::uint8_t {
    kNothing,
    kRuns,       // calls of one function that follow on each other
    kFunctions,  // all calls of one function that have one caller
  } folding = Folding::kNothing;
  std::vector<WaterfallLine> lines;
  std::uint64_t left_out = 0;  // lines, those with the least time
};

// A gap is told of from this share of the execution's time on.
constexpr int kGapPercent = 1;

// Folds as little as gives no more than `limit` lines; 0: any number of lines, nothing is folded.
// `set`: of the execution, which has the names.
Waterfall waterfall(const TraceSet& set, const ExecutionDetail& detail, std::size_t limit);

}  // namespace pgrec

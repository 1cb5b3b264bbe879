// analyze --events: events of classes, such as hits of USDT probes, with their arguments by name.
#pragma once

#include <cstddef>
#include <vector>

#include "analyze/filter/analysis.h"
#include "analyze/report/table.h"

namespace pgrec {

// One row for each class and each value of the arguments that tell kinds apart
// (analyze/calls/event_groups.h), by total time: hits, and how long what starts and is done took.
// Percentiles are at most 3.2 % off.
std::vector<Table> events_view(Analysis& analysis);

// Rows that a list has at most.
constexpr std::size_t kMostEvents = 1'000'000;

// The first `most` events in order of time, each with its arguments; a start with how long it took,
// where its end is known.
std::vector<Table> event_list_view(Analysis& analysis, std::size_t most = kMostEvents);

}  // namespace pgrec

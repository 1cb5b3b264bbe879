// --timeline and --by: executions by when they began, and by where they came from.
#pragma once

#include <string>

#include "analyze/calls/intervals.h"
#include "analyze/report/view_result.h"

namespace pgrec {

struct TimelineOptions {
  std::string interval;  // as --timeline has it: "100ms"; empty: a round one, up to 40 of them
  std::size_t spark_width = 60;  // of the lines above the table in text
};

// Per interval: how many executions began in it, errors, times and percentiles, and how many calls
// began, where functions were probed; also for intervals without any. Text has a line of blocks for
// the executions and one for p99 above it. Throws UsageError that names --timeline.
ViewResult timeline_view(Analysis& analysis, const TimelineOptions& options);

// By `what`: database, user, application, client, backend-type, or a time: second, minute, hour,
// 10s; intervals of a second and more are those of the wall clock, where the trace has it. Only
// what has an execution; times in their order, others by total. Throws UsageError that names --by.
ViewResult by_view(Analysis& analysis, const std::string& what);

}  // namespace pgrec

// --by-pid: per process and function how many calls there were and how long they took.
#pragma once

#include "analyze/calls/duration_profile.h"
#include "analyze/filter/analysis.h"
#include "analyze/report/noted_tables.h"

namespace pgrec {

// Of all wanted calls, the row with the longest total first. In text `who` says who it is: the user
// and database of a client, the leader of a parallel worker, else the kind of process.
NotedTables by_pid_view(Analysis& analysis, Percentiles percentiles);

}  // namespace pgrec

// A recording from its first look at the processes to its last line: attaches, records until
// something ends it, and says what it came to.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "format/error.h"
#include "record/kernel/bpf_session.h"
#include "record/kernel/probe_table.h"
#include "record/recording/recording_plan.h"
#include "record/server/running_queries.h"

namespace pgrec {

// Writes the trace, or where only a rehearsal is asked for, none. What it has to say goes to
// stderr. Throws Error with a hint.
ExitStatus record(const RecordOptions& options);

// The steps of it that pgrec top takes too.

// What the kernel side is to do for a plan.
BpfConfig session_config(const RecordOptions& options, const RecordingPlan& plan);

// Attaches everything; functions that the kernel refuses are added to `not_probed`. Throws Error
// when there were some and none is left.
void attach(BpfSession& session, const RecordingPlan& plan, std::vector<NotProbed>& not_probed);

// The server's processes that are to be recorded, as they are now.
std::vector<ServerProcess> processes_of(const RecordingPlan& plan, const RecordOptions& options);

// Says what is to be known before it matters.
void print_notes(const std::vector<std::string>& notes);

// The probes of a plan, by their numbers.
ProbeTable probes_of(const RecordingPlan& plan);

// By probe; the activity function's is the last.
std::vector<std::string> names_of(const RecordingPlan& plan);

// The pause between rounds: the shorter, the fewer events wait in the rings, and the more of them
// in a processor's cache. So a round that took in much is followed by a short pause, and one that
// took in little by a longer one than before.
constexpr int kShortestPauseMs = 1;
int next_pause_ms(int pause_ms, std::size_t taken_in);

}  // namespace pgrec

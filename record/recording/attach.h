// Brings a plan into the kernel: what the loaded programs are configured for, and the probes put in
// place.
#pragma once

#include <vector>

#include "record/kernel/session.h"
#include "record/probes/probe_selection.h"
#include "record/recording/recording_plan.h"

namespace pgrec {

// What the plan decides of the kernel side. How large its rings are, how it attaches and what it
// filters is left as it is by default.
SessionConfig session_config(const RecordingPlan& plan);

// Attaches everything, to a session that was made for the plan. Returns what is not probed: what
// the plan leaves out already, then what the kernel refuses. Throws Error with a hint where the
// kernel refuses all functions and USDT probes.
std::vector<NotProbed> attach(KernelSession& session, const RecordingPlan& plan);

}  // namespace pgrec

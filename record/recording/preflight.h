// What is asked before anything is touched: can this process record at all, and is what will be
// probed what was meant?
#pragma once

#include <string>

#include "record/kernel/session_config.h"
#include "record/recording/recording_plan.h"

namespace pgrec {

// Throws Error where something of the machine or of this process's privileges stands in the way of
// recording with probes that are attached so. `as_root`: the hint where privileges are missing.
void check_can_record(const std::string& as_root, AttachMethod attach = AttachMethod::kAuto);

// Says on stderr where processes that seem to be meant run another file than the one that will be
// probed: one that was replaced, or one that they see at the path and this process does not.
void warn_of_other_files(const RecordingPlan& plan, const RecordOptions& options);

}  // namespace pgrec

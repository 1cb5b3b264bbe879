// What is asked and said before recording begins: can this process record at all, is what will be
// probed what was meant, and which calls will be seen otherwise than a function's name says?
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "record/kernel/session_config.h"
#include "record/recording/recording_plan.h"

namespace pgrec {

// Throws Error where something of the machine or of this process's privileges stands in the way of
// recording with probes that are attached so. `as_root`: the hint where privileges are missing.
void check_can_record(const std::string& as_root, AttachMethod attach = AttachMethod::kAuto);

// Says where processes that seem to be meant run another file than the one that will be probed: one
// that was replaced, or one that they see at the path and this process does not. `exec`: what -x
// said, from which the plan was made.
void warn_of_other_files(std::ostream& out, const RecordingPlan& plan,
                         const std::vector<std::string>& execs);

// Says the first of what was asked for and is not probed, and how many more there are.
void print_not_probed(std::ostream& out, const std::vector<NotProbed>& not_probed);

// Throws Error where there is any whose calls are not recorded under another name either.
void require_all_probed(std::vector<NotProbed> not_probed);

// Says the first of the plan's notes, and how many more there are.
void print_notes(std::ostream& out, const std::vector<std::string>& notes);

}  // namespace pgrec

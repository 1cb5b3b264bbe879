// Can this process record at all? Asked before anything is touched, so that the answer is one clear
// line and not the kernel's refusal of some later step.
#pragma once

#include <string>
#include <string_view>

#include "record/recording_plan.h"

namespace pgrec {

// Throws Error with `hint` when the privileges are missing: root, or CAP_BPF and CAP_PERFMON.
void check_privileges(const std::string& hint);

// The same for how probes are attached ("perf_event"): the kernel gives perf events on functions to
// root only.
void check_attach_privileges(std::string_view method);

// Of the capabilities that it takes to look at processes of other users (their binaries and
// directories), or also into them, those that are missing: "CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH
// are missing". Empty where none is.
std::string missing_to_see_processes();
std::string missing_to_read_processes();

// Says on stderr where processes that seem to be meant run another file than the one that will be
// probed: one that was replaced, or one that they see at the path and this process does not.
void warn_of_other_files(const RecordingPlan& plan, const RecordOptions& options);

}  // namespace pgrec

// Can this process record at all? Asked before anything is touched, so that the answer is one clear
// line and not the kernel's refusal of some later step.
#pragma once

namespace pgrec {

// Throws Error with a hint when the privileges are missing: root, or CAP_BPF and CAP_PERFMON.
void check_privileges();

}  // namespace pgrec

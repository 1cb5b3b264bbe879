// The signals that a failed write sends: SIGPIPE, where nobody reads any more, and SIGXFSZ, where a
// file would become larger than its limit. Ignored, so that such a write fails like one to a full
// disk, and is no reason to leave a trace open.
#pragma once

namespace pgrec {

// Ignores them for this process, until it ends.
void ignore_writing_signals();

// Has them do what they did before: for a child, before it runs anything.
void restore_writing_signals();

}  // namespace pgrec

// pgrec record from its first look at the processes to its last line: attaches, records until
// something ends it, and says what it came to.
#pragma once

#include "format/error.h"
#include "record/recording/record_options.h"

namespace pgrec {

// Writes the trace, or where only a rehearsal is asked for, none. Says what it has to say on
// stderr. Throws Error with a hint.
ExitStatus record(const RecordOptions& options);

}  // namespace pgrec

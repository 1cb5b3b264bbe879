// What a trace says of missed hits, for which the kernel ran no program. They are not among the
// events that fired.
#pragma once

#include <string>

#include "format/trace/trace_reader.h"

namespace pgrec {

// "; missed hits: 3" where there were some, "; missed hits: not known" where the kernel does not
// count them; else empty.
std::string missed_hits_text(const TraceReader& trace);

}  // namespace pgrec

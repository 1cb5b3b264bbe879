#include "format/trace/missed_hits.h"

namespace pgrec {

std::string missed_hits_text(const TraceReader& trace) {
  const auto missed = trace.fact("events.missed");
  if (!missed) return "";
  return "; missed hits: " + (missed->empty() ? "not known" : *missed);
}

}  // namespace pgrec

#include "analyze/loaded_trace.h"

#include <iostream>
#include <set>

#include "analyze/importer.h"
#include "analyze/table.h"
#include "format/units.h"

namespace pgrec {

LoadedTrace::LoadedTrace(const std::string& path) : trace(path) {
  import_trace(trace, database);
  warn_if_not_whole(trace);
}

ExitStatus LoadedTrace::status() const {
  return trace.intact() ? kExitDone : kExitDamaged;
}

ExitStatus warn_if_not_whole(const TraceReader& trace) {
  if (!trace.closed()) {
    std::cerr
        << "pgrec: " << trace.name()
        << " was not closed: its recorder was killed, still runs, or the file was cut; it ends at "
        << duration_text(trace.last().time_since_epoch()) << "\n";
  }
  std::uint64_t damaged = 0;
  for (const Damage& damage : trace.damages())
    damaged += damage.bytes;
  if (!trace.damages().empty()) {
    const Damage& first = trace.damages().front();
    std::cerr << "pgrec: " << trace.name() << " is damaged: " << count_text(damaged)
              << " bytes are not readable, the first at offset " << first.offset << " ("
              << first.reason << "); what they held is missing here\n";
  }
  if (const std::uint64_t lost = trace.lost_events(); lost > 0) {
    std::set<std::string> causes;
    for (const Loss& loss : trace.losses())
      causes.insert(loss.cause);
    std::string list;
    for (const std::string& cause : causes)
      list += (list.empty() ? "" : ", ") + cause;
    std::cerr << "pgrec: " << trace.name() << ": " << count_text(lost)
              << " events were lost while recording (" << list << ")\n";
  }
  return trace.intact() ? kExitDone : kExitDamaged;
}

std::string format_version(const TraceReader& trace) {
  return std::to_string(trace.header().major) + "." + std::to_string(trace.header().minor);
}

Table trace_table(const TraceReader& trace) {
  std::int64_t damaged = 0;
  for (const Damage& damage : trace.damages())
    damaged += static_cast<std::int64_t>(damage.bytes);
  return {"trace",
          "",
          {{"file", "file"},
           {"closed", "closed"},
           {"damaged_bytes", "damaged"},
           {"lost_events", "lost"}},
          {{trace.name(), std::int64_t{trace.closed()}, damaged,
            static_cast<std::int64_t>(trace.lost_events())}}};
}

}  // namespace pgrec

// A trace opened and loaded, with what its reader must be told: that it was not closed, is damaged,
// or lost events. Every command that reports from a trace goes through this, so none can be silent.
#pragma once

#include <string>

#include "analyze/database.h"
#include "format/error.h"
#include "format/trace_reader.h"

namespace pgrec {

struct LoadedTrace {
  // Opens and loads the trace at `path`, and prints warnings to stderr. Throws Error.
  explicit LoadedTrace(const std::string& path);

  // kExitDamaged where something of the trace is missing, else kExitDone.
  ExitStatus status() const;

  TraceReader trace;
  Database database;
};

// Prints a line to stderr for each thing that makes the trace less than whole, and returns the exit
// status that says so.
ExitStatus warn_if_not_whole(const TraceReader& trace);

// "1.0": the version of the format that the trace is in.
std::string format_version(const TraceReader& trace);

// What goes into each JSON report beside its rows: the file, whether it is whole, and the losses.
struct Table;
Table trace_table(const TraceReader& trace);

}  // namespace pgrec

// The events of a chunk in order of time, each as one line.
#pragma once

#include <functional>
#include <string>

#include "format/chunk/chunk.h"
#include "format/chunk/event_filter.h"
#include "format/trace/trace_reader.h"

namespace pgrec {

// The class's name; "class 7" where the trace does not describe it.
std::string class_name(const TraceReader& trace, ClassId id);

// Calls `visit` with a line for each event of `chunk` that `filter` wants; those of one time in the
// order of the file. As JSON (an object without a line end), else as text. A line tells of the call
// that an event begins or ends: its function, its id, its depth, and its duration where it has one.
// `trace` has the names.
void for_each_event_line(const TraceReader& trace, const Chunk& chunk, const EventFilter& filter,
                         bool json, const std::function<void(const std::string&)>& visit);

}  // namespace pgrec

// What a trace holds beside events, each as one line: facts, functions, classes, texts, processes,
// clock samples, losses, summaries, and the damage found.
#pragma once

#include <functional>
#include <string>

#include "format/trace/trace_reader.h"

namespace pgrec {

// Calls `visit` with a line for each row of a frame of `type`; as JSON (an object without a line
// end), else as text that begins with a word. False when the payload does not decode. A frame of a
// type that is not known has one line that says so.
bool for_each_record_line(const TraceReader& trace, layout::FrameType type,
                          const FramePayload& payload, bool json,
                          const std::function<void(const std::string&)>& visit);

// As JSON: the trace itself, what a chunk's header says, damage, and the end of a closed trace.
std::string trace_line(const TraceReader& trace);
std::string chunk_line(const ChunkRef& chunk);
std::string damage_line(const Damage& damage);
std::string end_line(const TraceEnd& end);

}  // namespace pgrec

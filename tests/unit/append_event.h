// Adds one event of a class, with its arguments, to what takes events: a ChunkBuilder, a
// TraceWriter or an EventSink.
#pragma once

#include <span>

#include "format/chunk/arguments.h"
#include "format/event.h"

namespace pgrec::test {

template <typename Sink>
void append(Sink& sink, const ThreadKey& thread, const Event& event, ArgumentValues arguments) {
  sink.append(thread, std::span(&event, 1), std::span(&arguments, 1));
}

}  // namespace pgrec::test

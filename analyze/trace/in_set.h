// Changes the times and ids of a file's chunk into those of its set on the way to a visitor
// (format/chunk/chunk_decoder.h).
#pragma once

#include <utility>

#include "analyze/trace/trace_set.h"
#include "format/chunk/chunk_decoder.h"

namespace pgrec {

inline FunctionId function_in_set(const TraceSet::File& file, FunctionId id) {
  if (file.is_set) return id;
  if (value(id) < file.functions.size()) return file.functions[value(id)];
  return FunctionId{file.unnamed_functions + value(id)};
}
inline CallId call_in_set(const TraceSet::File& file, CallId id) {
  return CallId{value(id) + file.calls_before};
}
inline ExecutionId execution_in_set(const TraceSet::File& file, ExecutionId id) {
  return ExecutionId{value(id) + file.executions_before};
}

// The header as the set has it: its times and ids; the masks are the file's.
inline ChunkHeader in_set(const TraceSet::File& file, ChunkHeader header) {
  header.first += file.shift;
  header.last += file.shift;
  header.ids = {call_in_set(file, header.ids.call), execution_in_set(file, header.ids.execution)};
  return header;
}

template <typename Visitor>
class InSet {
 public:
  // Borrows both.
  InSet(const TraceSet::File& file, Visitor& visitor) : file_(file), visitor_(visitor) {}

  void chunk(const ChunkHeader& header, const Columns& columns) {
    visitor_.chunk(in_set(file_, header), columns);
  }
  void thread(const ThreadKey& key, ThreadState&& opening) {
    for (OpenCall& call : opening.calls) {
      call.id = call_in_set(file_, call.id);
      call.function = function_in_set(file_, call.function);
      call.entered += file_.shift;
      if (call.execution != kNoExecution) call.execution = execution_in_set(file_, call.execution);
    }
    if (opening.execution) {
      opening.execution->id = execution_in_set(file_, opening.execution->id);
      opening.execution->begun += file_.shift;
    }
    visitor_.thread(key, std::move(opening));
  }
  [[gnu::always_inline]] bool event(const Event& event) {
    Event changed = event;
    changed.ts += file_.shift;
    if (event.kind == EventKind::kEnter || event.kind == EventKind::kHeadless)
      changed.function = function_in_set(file_, event.function);
    return visitor_.event(changed);
  }

 private:
  const TraceSet::File& file_;
  Visitor& visitor_;
};

// Decodes a chunk's payload into `visitor`, in the times and ids of the set. False when it does not
// decode; the visitor has then seen what is before the fault.
template <typename Visitor>
bool decode_in_set(const TraceSet::File& file, const FramePayload& payload, ChunkDecoder& decoder,
                   Visitor& visitor) {
  if (file.is_set) return decoder.decode(payload.plain(), payload.rest(), visitor);
  InSet<Visitor> changing(file, visitor);
  return decoder.decode(payload.plain(), payload.rest(), changing);
}

}  // namespace pgrec

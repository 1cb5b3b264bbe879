#include "analyze/calls/counted_executions.h"

#include <optional>

#include "format/chunk/chunk_summary.h"

namespace pgrec {
namespace {

std::optional<Summary> decoded(TraceReader& trace, const ChunkRef& chunk) {
  ChunkSummary events;
  if (!trace.decode_chunk_at(chunk, events)) return std::nullopt;
  return events.take();
}

}  // namespace

ExecutionCounts counted_executions(TraceReader& trace) {
  ExecutionCounts counts;
  if (!tells_kinds_of_executions(trace.classes())) {
    for (const ChunkRef& chunk : trace.chunks())
      counts.executions += chunk.header.executions;
    return counts;
  }
  if (const auto total = trace.total(); total && total->classes)
    return execution_counts(*total, trace.classes());
  Summary sum;
  for (const ChunkRef& chunk : trace.chunks()) {
    auto summary = trace.summary_of(chunk);
    if (!summary || !summary->classes) summary = decoded(trace, chunk);
    if (!summary) continue;
    Summary executions;
    executions.executions = summary->executions;
    executions.classes = std::move(summary->classes);
    sum.merge(executions);
  }
  return execution_counts(sum, trace.classes());
}

}  // namespace pgrec

#include "analyze/trace/chunk_list.h"

#include <algorithm>

#include "analyze/trace/in_set.h"

namespace pgrec {

CallId ChunkList::One::first_call() const {
  return call_in_set(*file, chunk.header.ids.call);
}
CallId ChunkList::One::next_call() const {
  return call_in_set(*file, chunk.header.next_ids().call);
}
ExecutionId ChunkList::One::first_execution() const {
  return execution_in_set(*file, chunk.header.ids.execution);
}
ExecutionId ChunkList::One::next_execution() const {
  return execution_in_set(*file, chunk.header.next_ids().execution);
}

ChunkList::ChunkList(TraceSet& set) {
  std::size_t chunks = 0;
  for (const TraceSet::File& file : set.files())
    chunks += file.reader.chunks().size();
  all_.reserve(chunks);
  for (TraceSet::File& file : set.files()) {
    CallId call = call_in_set(file, CallId{});
    ExecutionId execution = execution_in_set(file, ExecutionId{});
    for (const ChunkRef& chunk : file.reader.chunks()) {
      One& one = all_.emplace_back();
      one.file = &file;
      one.chunk = chunk;
      one.gap_from = std::min(call, one.first_call());
      one.execution_gap_from = std::min(execution, one.first_execution());
      if (one.first_call() < call || one.first_execution() < execution) is_sorted_ = false;
      call = std::max(call, one.next_call());
      execution = std::max(execution, one.next_execution());
    }
    ends_.push_back(all_.size());
  }
}

std::size_t ChunkList::of(CallId call) const {
  const auto found = std::partition_point(
      all_.begin(), all_.end(), [call](const One& one) { return one.next_call() <= call; });
  if (found == all_.end() || call < found->gap_from) return size();
  return static_cast<std::size_t>(found - all_.begin());
}

std::size_t ChunkList::of(ExecutionId execution) const {
  const auto found = std::partition_point(all_.begin(), all_.end(), [execution](const One& one) {
    return one.next_execution() <= execution;
  });
  if (found == all_.end() || execution < found->execution_gap_from) return size();
  return static_cast<std::size_t>(found - all_.begin());
}

}  // namespace pgrec

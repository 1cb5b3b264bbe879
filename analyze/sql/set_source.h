// What the relations of one set share, made when the first of them needs it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analyze/calls/call_ends.h"
#include "analyze/calls/calls_of_chunk.h"
#include "analyze/calls/shown_execution.h"
#include "analyze/calls/worker_leaders.h"
#include "analyze/filter/analysis.h"
#include "analyze/trace/chunk_list.h"

namespace pgrec {

// Used by one thread.
class SetSource {
 public:
  // null: of no set. Its relations have columns and plans, and no rows; nothing else of it may be
  // asked for.
  explicit SetSource(std::shared_ptr<Analysis> analysis) : analysis_(std::move(analysis)) {}

  bool is_empty() const { return analysis_ == nullptr; }
  Analysis& analysis() const { return *analysis_; }
  TraceSet& set() const { return analysis_->set(); }

  const ChunkList& chunks();
  // Reads executions where the set may have workers.
  const WorkerLeaders& leaders();
  const ShownExecutions& shown();
  // For those who do not look at executions.
  const ShownExecutions& not_shown();
  // By file, 1: no call was left out because it was short, so that self times are known.
  const std::vector<std::uint8_t>& self_known();
  CallEnds& ends();

  // The names of functions by id, at least those below `end`, which is at most functions_end().
  // They and the list stay where they are.
  const std::vector<std::string_view>& function_names(std::uint32_t end);
  // The ids of the functions with this name, in ascending order.
  std::vector<std::uint32_t> functions_named(const std::string& name);
  // Above the ids of all functions that a chunk may name.
  std::uint32_t functions_end();

  // All calls that begin in a chunk, of which those used last are kept; null where it cannot be
  // read.
  std::shared_ptr<CallsOfChunk> all_calls(std::size_t chunk);
  // Finds the ends of those calls that are open and among the rows from `from` to before `to`.
  void find_ends(CallsOfChunk& calls, std::size_t chunk, std::size_t from, std::size_t to);

 private:
  std::optional<std::vector<Call>> carried(std::size_t chunk);

  std::shared_ptr<Analysis> analysis_;
  std::optional<ChunkList> chunks_;
  std::optional<WorkerLeaders> leaders_;
  WorkerLeaders no_leaders_;
  std::optional<ShownExecutions> shown_, not_shown_;
  std::vector<std::uint8_t> self_known_;
  std::optional<CallEnds> ends_;
  std::deque<std::string> name_bytes_;
  std::vector<std::string_view> names_;
  std::deque<std::pair<std::size_t, std::shared_ptr<CallsOfChunk>>> kept_;
};

}  // namespace pgrec

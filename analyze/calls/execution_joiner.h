// Puts the pieces of executions that are in several chunks together, and idle times, chunk by chunk
// in the order of the files. Holds what is open.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analyze/calls/execution_pass.h"

namespace pgrec {

class ExecutionJoiner {
 public:
  // Borrows both. `sink` gets what is whole.
  ExecutionJoiner(const TraceSet& set, const ExecutionQuery& query, ExecutionSink& sink)
      : set_(set), query_(query), sink_(sink) {}

  // `whole_too`: hands on also those that are whole in the chunk.
  void take(const TraceSet::File& file, ExecutionsOfChunk& chunk, bool whole_too);
  // What is open may have ended in a chunk that cannot be read.
  void take_damage() { after_damage_ = true; }
  void end_of_file(const TraceSet::File& file, bool to_the_end);
  // Whether an execution that is wanted is open, or may be, as it began in what cannot be read.
  bool is_open() const { return wanted_open_ > 0 || after_damage_; }

 private:
  struct Open {
    ExecutionRecord record;
    std::vector<FunctionSum> sums;
    std::vector<std::pair<CallId, FunctionId>> calls;  // that are open
    bool ended = false;
    std::uint64_t seen = 0;  // in the last chunk so
    bool is_wanted = false;
  };
  using OpenExecutions = std::unordered_map<ExecutionId, Open>;
  using Process = std::pair<std::uint32_t, std::uint32_t>;  // trace, pid

  void add(const TraceSet::File& file, ExecutionPiece& piece);
  // Whether there may be a chunk between the one that is taken and the one before.
  bool may_have_missed() const { return after_damage_ || is_in_file_; }
  // Counts its open calls, which have no end here; but for those of `still`.
  void count_open_calls(Open& open,
                        const std::vector<std::pair<CallId, FunctionId>>& still = {}) const;
  void hand_on(ExecutionRecord& record, const std::vector<FunctionSum>& sums);
  void hand_on(IdleRecord idle, std::optional<Timestamp> to);
  void take_idle(const TraceSet::File& file, ExecutionsOfChunk& chunk);
  OpenExecutions::iterator end(OpenExecutions::iterator open);
  const ExecutionFactReader& facts_of(const TraceSet::File& file);

  const TraceSet& set_;
  const ExecutionQuery& query_;
  ExecutionSink& sink_;
  std::map<std::uint32_t, std::unique_ptr<ExecutionFactReader>> facts_;  // by file
  OpenExecutions open_;
  std::uint64_t wanted_open_ = 0;
  std::uint64_t chunks_ = 0;
  bool after_damage_ = false;
  bool is_in_file_ = false;  // behind its first chunk
  std::map<Process, IdleRecord> idle_;
  std::map<Process, ExecutionId> last_run_;
};

}  // namespace pgrec

// Puts together what one chunk tells of executions: those that begin and end in it as a whole, and
// pieces of the others, which analyze/calls/execution_joiner.h puts together. A visitor of
// format/chunk/chunk_decoder.h, used for one chunk after the other.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "analyze/calls/error_reader.h"
#include "analyze/calls/execution_record.h"
#include "format/chunk/arguments.h"
#include "format/thread_state.h"

namespace pgrec {

// What a pass over executions is to give beside them.
struct ExecutionWants {
  bool function_times = false;
  bool idle = false;
  bool errors = false;
};

// What a chunk has of an execution.
struct ExecutionPiece {
  ExecutionRecord record;  // its id is that of this part (TraceSet::joined)
  bool begins = false;     // here; else its facts are in `events`
  bool runs = false;       // where the chunk begins
  bool ends = false;
  bool goes_on = false;  // it runs, or calls of it do, at the chunk's end
  std::vector<FunctionSum> sums;
  std::vector<std::pair<Event, ArgumentValues>> events;  // that tell of it, in order
  // Its calls that are open where the chunk begins, and where it ends.
  std::vector<std::pair<CallId, FunctionId>> opening_calls, closing_calls;
  std::uint32_t serial = 0;  // tells pieces apart in a visitor

  bool is_whole() const { return begins && ends && !goes_on; }
};

// What a chunk has of the idle times of a thread.
struct IdlePiece {
  ThreadKey thread;
  std::optional<Timestamp> first;       // when the thread was idle or began to run first
  std::optional<IdleRecord> unended;    // at the chunk's end
  std::optional<ExecutionId> last_run;  // the last execution that ended here
};

struct ExecutionsOfChunk {
  std::vector<ExecutionPiece> pieces;  // in the order of the chunk; the first `used` of them
  std::size_t used = 0;
  std::vector<IdleRecord>
      idle;  // that ended here; without `execution` where it is of a chunk before
  std::vector<IdlePiece> idle_pieces;
  std::vector<ErrorRecord> errors;
};

class ExecutionVisitor {
 public:
  explicit ExecutionVisitor(const ExecutionWants& wants) : wants_(wants) {}

  // Before each chunk.
  void begin(const TraceSet::File& file, ExecutionsOfChunk& into);
  // After it.
  void end() { end_thread(); }

  void chunk(const ChunkHeader& header, const Columns& columns);
  void thread(const ThreadKey& key, ThreadState&& opening);
  [[gnu::always_inline]] bool event(const Event& event) {
    if (event.kind == EventKind::kOfClass) {
      class_event(event);
      return true;
    }
    if (event.kind == EventKind::kExecutionBegin) return execution_begins(event);
    return replay(event, key_, state_, ids_, *this);
  }

  [[gnu::always_inline]] void call_ended(const EndedCall& call) {
    const ExecutionId execution = call.opened().execution;
    if (execution == kNoExecution) return;
    if (execution != running_id_) return call_of_other(execution, call);
    if (!wants_.function_times) return;
    if (!call.returned()) return add_call(static_cast<Call>(call));
    FunctionSum& sum = sum_of(*running_, call.opened().function);
    ++sum.calls;
    sum.total = add_capped(sum.total, call.duration());
    sum.self = add_capped(sum.self, call.self());
  }
  void call_ended(const Call& call) { add_call(call); }
  void execution_ended(const Execution& execution);

 private:
  struct Slot {
    std::uint32_t serial = 0;
    std::uint32_t index = 0;
  };
  // A call that ended without a return. What was abandoned together ends together, from the inside.
  struct Abandoned {
    ThreadKey thread;
    ExecutionId execution = kNoExecution;
    std::uint32_t depth = 0;
    Timestamp ended{};
    Duration self_at_most{};
  };

  FunctionSum& sum_of(ExecutionPiece& piece, FunctionId function) {
    const std::size_t id = value(function);
    if (id < slots_.size() && slots_[id].serial == piece.serial)
      return piece.sums[slots_[id].index];
    return find_sum(piece, function);
  }
  FunctionSum& find_sum(ExecutionPiece& piece, FunctionId function);
  ExecutionPiece& new_piece(ExecutionId id);
  ExecutionPiece* piece_of(ExecutionId id);
  bool execution_begins(const Event& event);
  void class_event(const Event& event);
  void idle_event(const Event& event);
  void call_of_other(ExecutionId execution, const EndedCall& call);
  void add_call(const Call& call);
  bool has_calls_of(ExecutionId id) const;
  void end_thread();
  void set_running(std::size_t piece, ExecutionId id);

  // What is known of a file's classes.
  struct FileClasses {
    explicit FileClasses(const std::vector<EventClass>& classes)
        : facts(classes), errors(classes) {}
    ExecutionFactReader facts;
    ErrorReader errors;
  };

  ExecutionWants wants_;
  const TraceSet::File* file_ = nullptr;
  std::map<std::uint32_t, std::unique_ptr<FileClasses>> classes_;  // by file
  const FileClasses* of_file_ = nullptr;
  ExecutionsOfChunk* into_ = nullptr;
  std::optional<ArgumentReader> arguments_;
  ArgumentValues values_;
  NextIds ids_;
  ThreadKey key_;
  ThreadState state_;
  // Of the execution that runs. The piece is in into_->pieces, and moves when that grows.
  ExecutionId running_id_ = kNoExecution;
  ExecutionPiece* running_ = nullptr;
  std::size_t running_place_ = 0;
  std::vector<std::pair<ExecutionId, std::size_t>> of_thread_;  // pieces with something open
  std::optional<IdlePiece> idle_;
  std::uint32_t serial_ = 0;
  std::vector<Slot> slots_;  // by function
  Abandoned abandoned_;      // the last one
};

}  // namespace pgrec

// Collects the items of wanted executions out of one chunk after the other, in the order of the
// set. A visitor of format/chunk/chunk_decoder.h.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "analyze/calls/execution_detail.h"
#include "format/chunk/arguments.h"

namespace pgrec {

// A worker's run that was met.
struct DetailWorker {
  ExecutionId id{};
  ThreadKey thread;
  Timestamp begun{};
  std::uint32_t leader = 0;
};

class DetailVisitor {
 public:
  DetailVisitor(const TraceSet& set, std::uint64_t most_items) : set_(set), room_(most_items) {}

  // Before the first chunk: an execution whose items are wanted. Its id is that of its first part.
  void want(ExecutionId id);

  // Before each chunk of a file, and after it.
  void begin(const TraceSet::File& file);
  void end();
  // No chunk of the file follows: what is open in it stays so, or has `lost` its end; but what goes
  // on in `next`, the part that follows, if any.
  void end_of_part(const TraceSet::File* next, bool lost);
  // One that was wanted and met still runs, or a call of it does.
  bool is_any_open() const;

  void chunk(const ChunkHeader& header, const Columns& columns);
  void thread(const ThreadKey& key, ThreadState&& opening);
  [[gnu::always_inline]] bool event(const Event& event) {
    if (event.kind == EventKind::kOfClass) {
      class_event(event);
      return true;
    }
    if (event.kind == EventKind::kExecutionBegin) return execution_begins(event);
    if (event.kind == EventKind::kEnter) {
      if (!replay(event, key_, state_, ids_, *this)) return false;
      if (running_) enter();
      return true;
    }
    return replay(event, key_, state_, ids_, *this);
  }

  [[gnu::always_inline]] void call_ended(const EndedCall& call) {
    if (of_thread_.empty() || call.opened().execution == kNoExecution) return;
    end_call(call);
  }
  void call_ended(const Call& headless);
  void execution_ended(const Execution& execution);

  // What was wanted and met, by its id.
  std::map<ExecutionId, DetailThread>& found() { return found_; }
  // Workers' runs that were met.
  const std::vector<DetailWorker>& workers() const { return workers_; }
  // When the first execution behind the wanted one began in its thread, where that was met.
  const std::map<ExecutionId, Timestamp>& next_begun() const { return next_begun_; }

 private:
  // A wanted execution on its way.
  struct Target {
    DetailThread* detail = nullptr;  // null until it was met
    bool ended = false;
    std::vector<std::pair<CallId, std::uint32_t>> open;  // its open calls and their items
    bool seen = false;                                   // in this chunk
    bool is_over() const { return ended && open.empty(); }
  };
  struct FileClasses {
    explicit FileClasses(const std::vector<EventClass>& classes);
    ExecutionFactReader facts;
    std::map<ClassId, const EventClass*> described;
    std::optional<ClassId> of_leader;
  };

  Target* target_of(ExecutionId id);
  DetailItem* new_item(Target& target, Timestamp at);
  bool execution_begins(const Event& event);
  void class_event(const Event& event);
  void enter();
  void end_call(const EndedCall& call);
  void lose_calls(Target& target, const ThreadState* after);
  void end_thread();

  const TraceSet& set_;
  std::uint64_t room_;
  std::map<ExecutionId, Target> targets_;
  std::map<ExecutionId, DetailThread> found_;
  std::map<std::uint32_t, std::unique_ptr<FileClasses>> classes_;  // by file
  const TraceSet::File* file_ = nullptr;
  const FileClasses* of_file_ = nullptr;
  std::optional<ArgumentReader> arguments_;
  ArgumentValues values_;
  NextIds ids_;
  Timestamp first_{};  // of the chunk
  ThreadKey key_;
  ThreadState state_;
  Target* running_ = nullptr;            // where the running execution is wanted
  std::vector<Target*> of_thread_;       // those with calls or running in this thread
  std::optional<ExecutionId> was_last_;  // wanted, and the last that ran in this thread
  std::vector<DetailWorker> workers_;
  std::map<ExecutionId, Timestamp> next_begun_;
};

}  // namespace pgrec

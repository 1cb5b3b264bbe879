#include "analyze/trace/part_ends.h"

#include <utility>

#include "analyze/trace/in_set.h"

namespace pgrec {
namespace {

// A visitor that keeps which executions run at the end of a chunk, or begin at one time in it.
class Running {
 public:
  explicit Running(std::optional<Timestamp> begun_at = std::nullopt) : begun_at_(begun_at) {}

  void chunk(const ChunkHeader& header, const Columns& /*columns*/) { ids_ = header.ids; }
  void thread(const ThreadKey& key, ThreadState&& opening) {
    keep();
    key_ = key;
    state_ = std::move(opening);
  }
  bool event(const Event& event) {
    if (begun_at_ && event.kind == EventKind::kExecutionBegin && event.ts == *begun_at_)
      executions_.emplace(key_, ids_.execution);
    NoSink sink;
    return replay(event, key_, state_, ids_, sink);
  }
  std::map<ThreadKey, ExecutionId> take() {
    keep();
    return std::move(executions_);
  }

 private:
  void keep() {
    if (!begun_at_ && state_.execution) executions_.emplace(key_, state_.execution->id);
    state_ = {};
  }

  std::optional<Timestamp> begun_at_;
  NextIds ids_;
  ThreadKey key_;
  ThreadState state_;
  std::map<ThreadKey, ExecutionId> executions_;
};

std::map<ThreadKey, ExecutionId> running(TraceSet::File& file, const ChunkRef& chunk,
                                         Running visitor) {
  const auto payload = file.reader.read(chunk);
  ChunkDecoder decoder;
  if (!payload || !decode_in_set(file, *payload, decoder, visitor)) return {};
  return visitor.take();
}

}  // namespace

std::map<ExecutionId, ExecutionId> executions_going_on(TraceSet::File& before,
                                                       TraceSet::File& next) {
  std::map<ExecutionId, ExecutionId> going_on;
  const auto chunks = before.reader.chunks();
  const auto next_chunks = next.reader.chunks();
  if (chunks.empty() || next_chunks.empty()) return going_on;
  const auto open = running(before, chunks[chunks.size() - 1], Running());
  const Timestamp beginning = Timestamp{} + next.shift;
  for (const auto& [thread, id] : running(next, *next_chunks.begin(), Running(beginning))) {
    const auto one = open.find(thread);
    if (one != open.end()) going_on.emplace(id, one->second);
  }
  return going_on;
}

std::vector<ExecutionId> executions_open_at_end(TraceSet::File& file) {
  std::vector<ExecutionId> open;
  const auto chunks = file.reader.chunks();
  if (chunks.empty()) return open;
  for (const auto& [thread, id] : running(file, chunks[chunks.size() - 1], Running()))
    open.push_back(id);
  return open;
}

}  // namespace pgrec

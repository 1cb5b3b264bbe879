#include "analyze/calls/longest_executions.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "analyze/calls/worker_leaders.h"
#include "analyze/calls/worker_runs.h"

namespace pgrec {
namespace {

bool is_before(Duration a_taken, ExecutionId a, Duration b_taken, ExecutionId b) {
  return a_taken != b_taken ? a_taken > b_taken : a < b;
}
bool is_longer(const SlowExecution& a, const SlowExecution& b) {
  return is_before(a.taken, a.record.id, b.taken, b.record.id);
}

// A heap whose first is the shortest.
class Longest {
 public:
  Longest(const WantedExecutions& wanted, const RecordingEnds& ends, std::size_t most)
      : wanted_(&wanted), ends_(&ends), most_(most) {}

  void add(const ExecutionRecord& execution) {
    const auto taken = ends_->time_taken(execution);
    if (!taken || !may_enter(*taken, execution.id) || !wanted_->has(execution)) return;
    SlowExecution one{execution, *taken, {}};
    one.record.functions = {};
    enter(std::move(one));
  }
  void merge(const Longest& other) {
    for (const SlowExecution& one : other.heap_) {
      if (may_enter(one.taken, one.record.id)) enter(one);
    }
  }
  std::vector<SlowExecution> sorted() && {
    std::sort(heap_.begin(), heap_.end(), is_longer);
    return std::move(heap_);
  }

 private:
  bool may_enter(Duration taken, ExecutionId id) const {
    if (most_ == 0) return false;
    return heap_.size() < most_ ||
           is_before(taken, id, heap_.front().taken, heap_.front().record.id);
  }
  void enter(SlowExecution&& one) {
    if (heap_.size() == most_) {
      std::pop_heap(heap_.begin(), heap_.end(), is_longer);
      heap_.pop_back();
    }
    heap_.push_back(std::move(one));
    std::push_heap(heap_.begin(), heap_.end(), is_longer);
  }
  void enter(const SlowExecution& one) { enter(SlowExecution(one)); }

  const WantedExecutions* wanted_;
  const RecordingEnds* ends_;
  std::size_t most_;
  std::vector<SlowExecution> heap_;
};

// Which of some executions a record is, or worked for.
class Places {
 public:
  explicit Places(const std::vector<SlowExecution>& executions) : executions_(&executions) {
    for (std::size_t i = 0; i < executions.size(); ++i)
      by_id_.emplace(executions[i].record.id, i);
  }
  std::optional<std::size_t> of(const ExecutionRecord& record) const {
    if (record.facts.kind != ExecutionFacts::Kind::kWorkerRun) {
      const auto found = by_id_.find(record.id);
      return found == by_id_.end() ? std::nullopt : std::optional(found->second);
    }
    const auto leader_pid = leader_pid_of(record);
    std::optional<std::size_t> leader;
    for (std::size_t i = 0; leader_pid && i < executions_->size(); ++i) {
      const auto& [led, taken, functions] = (*executions_)[i];
      if (led.file->trace != record.file->trace || led.thread.pid != *leader_pid) continue;
      if (record.begun < led.begun || record.begun > led.begun + taken) continue;
      if (!leader || (*executions_)[*leader].record.begun < led.begun) leader = i;
    }
    return leader;
  }

 private:
  const std::vector<SlowExecution>* executions_;
  std::unordered_map<ExecutionId, std::size_t> by_id_;
};

struct CallsOfLongest {
  void add(const ExecutionRecord& execution) {
    if (execution.functions.empty()) return;
    if (const auto place = places->of(execution))
      functions[*place].add(execution.functions, *calls);
  }
  void merge(const CallsOfLongest& other) {
    for (std::size_t i = 0; i < functions.size(); ++i)
      functions[i].merge(other.functions[i]);
  }
  const Places* places;
  const CallSelection* calls;
  std::vector<FunctionSums> functions;
};

// Chunks in which one of them ran, and the one behind each, in which calls may end that outlived
// their execution. Asked in the order of the files.
class ChunksOf {
 public:
  explicit ChunksOf(const std::vector<SlowExecution>& executions) {
    for (const SlowExecution& one : executions)
      times_.emplace_back(one.record.begun, one.record.begun + one.taken);
  }
  bool has(const TraceSet::File& file, const ChunkRef& chunk) {
    const Timestamp first = chunk.header.first + file.shift;
    const Timestamp last = chunk.header.last + file.shift;
    const bool has_one = std::any_of(times_.begin(), times_.end(), [&](const auto& time) {
      return time.first <= last && first <= time.second;
    });
    return std::exchange(had_, has_one) || has_one;
  }

 private:
  std::vector<std::pair<Timestamp, Timestamp>> times_;
  bool had_ = false;
};

}  // namespace

std::vector<SlowExecution> longest_executions(const WantedExecutions& wanted, std::size_t most) {
  const RecordingEnds ends(wanted.set);
  return sum_executions(wanted.set, wanted.query(), Longest(wanted, ends, most), wanted.options)
      .sorted();
}

void add_calls(const WantedExecutions& wanted, const CallSelection& calls,
               std::vector<SlowExecution>& executions) {
  if (executions.empty()) return;
  const Places places(executions);
  ChunksOf chunks(executions);
  ExecutionQuery query;
  query.wants.function_times = true;
  query.wants.calls_at_least = calls.at_least;
  query.chunks = [&chunks](const TraceSet::File& file, const ChunkRef& chunk) {
    return chunks.has(file, chunk);
  };
  const CallsOfLongest sum =
      sum_executions(wanted.set, query,
                     CallsOfLongest{&places, &calls, std::vector<FunctionSums>(executions.size())},
                     wanted.options);
  for (std::size_t i = 0; i < executions.size(); ++i)
    executions[i].functions = sum.functions[i];
}

}  // namespace pgrec

// Sets of traces of random events, whose calls a test can look at one by one.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "analyze/calls/call_builder.h"
#include "analyze/calls/selection.h"
#include "analyze/trace/trace_set.h"
#include "tests/unit/collected_calls.h"
#include "tests/unit/random_events.h"
#include "tests/unit/trace_file.h"

namespace pgrec::test {

// A call of a set, with the times and ids of the set.
struct CallOfSet {
  Call call;
  std::uint32_t trace = 1;
  bool is_seen = true;  // the chunk in which it got its id can be read
};

class RandomSet {
 public:
  // Of so many files, each a trace of its own, of three kinds of functions and more.
  RandomSet(std::uint32_t seed, int files, int chunks) : files_(static_cast<std::size_t>(files)) {
    for (TraceFile& file : files_) {
      TraceWriter writer = file.writer();
      RandomEvents random(++seed, 5);
      writer.write(random_classes());
      for (int i = 0; i < chunks; ++i) {
        for (const ThreadEvents& stretch : random.next(12))
          append(writer, stretch);
        writer.cut();
      }
      writer.close(from_ns(1'000'000'000'000'000));
    }
  }
  // Makes a chunk of the first file unreadable.
  void damage_chunk(std::size_t chunk) const {
    files_.front().flip_byte_of(chunk_frames(files_.front().reader()).at(chunk));
  }
  TraceSet open() const {
    std::vector<std::string> paths;
    for (const TraceFile& file : files_)
      paths.push_back(file.path());
    return TraceSet(paths);
  }
  std::vector<CallOfSet> calls() const {
    std::vector<CallOfSet> all;
    for (TraceSet set = open(); TraceSet::File & file : set.files()) {
      CollectedCalls collected;
      build_calls(file.reader, collected);
      for (Call call : collected.calls()) {
        const bool is_seen = can_read(file.reader, call.id);
        call.begun += file.shift;
        call.id = CallId{value(call.id) + file.calls_before};
        if (call.parent) call.parent = CallId{value(*call.parent) + file.calls_before};
        if (call.execution)
          call.execution = ExecutionId{value(*call.execution) + file.executions_before};
        all.push_back({call, file.trace, is_seen});
      }
    }
    return all;
  }

 private:
  static bool can_read(TraceReader& trace, CallId id) {
    for (const ChunkRef& chunk : trace.chunks()) {
      if (id >= chunk.header.ids.call && id < chunk.header.next_ids().call)
        return trace.read(chunk).has_value();
    }
    return false;
  }

  std::vector<TraceFile> files_;
};

// Selections of every kind, one after the other, that leave something out of such sets.
class RandomSelections {
 public:
  static constexpr int kAll = 9;
  explicit RandomSelections(const std::vector<CallOfSet>& calls) {
    std::mt19937 random(7);
    for (const CallOfSet& one : calls) {
      times_.push_back(one.call.begun);
      if (one.call.execution && random() % 3 == 0) executions_.add(*one.call.execution);
    }
    std::sort(times_.begin(), times_.end());
  }
  CallSelection make(int number) const {
    CallSelection selection;
    if (number == 1 || number >= 7) {
      selection.functions = {true, false, true};
      selection.other_functions = number == 1;
    }
    if (number == 2 || number == 8) selection.pids.pids = {100, 102};
    if (number == 3 || number == 7) selection.range.from = time_at(3);
    if (number == 3 || number == 8) selection.range.to = time_at(7);
    if (number == 4 || number == 7) selection.at_least = Duration(900);
    if (number == 5 || number == 6) selection.executions = &executions_;
    if (number == 6) selection.at_least = Duration(500);
    return selection;
  }

 private:
  Timestamp time_at(std::size_t tenth) const { return times_[times_.size() * tenth / 10]; }

  std::vector<Timestamp> times_;
  ExecutionIds executions_;
};

// All but the duration.
inline bool wants(const CallSelection& selection, const Call& call) {
  return selection.pids.has(call.thread.pid) &&
         selection.wants(call.function, call.begun, call.execution.value_or(kNoExecution));
}

}  // namespace pgrec::test

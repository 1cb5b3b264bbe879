#include "tests/unit/collected_calls.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

namespace pgrec::test {
namespace {

template <typename Id>
std::string text(char kind, std::optional<Id> id) {
  return id ? kind + std::to_string(value(*id)) : "-";
}

std::string text(std::optional<Duration> duration) {
  return duration ? std::to_string(duration->count()) : "-";
}

}  // namespace

std::string row(const Call& call) {
  return text('c', std::optional(call.id)) + " " + text('f', std::optional(call.function)) + " p" +
         std::to_string(call.thread.pid) + "/t" + std::to_string(call.thread.tid) + " @" +
         std::to_string(to_ns(call.begun)) + " took=" + text(call.duration) +
         " self=" + text(call.self) + " depth=" + std::to_string(call.depth) +
         " in=" + text('c', call.parent) + " " + text('e', call.execution) + " " +
         std::string(name(call.outcome));
}

std::string row(const Execution& execution) {
  return text('e', std::optional(execution.id)) + " " + text('x', std::optional(execution.text)) +
         " p" + std::to_string(execution.pid) + " @" + std::to_string(to_ns(execution.begun)) +
         " took=" + (execution.end_lost ? "lost" : text(execution.duration));
}

void CollectedCalls::call_ended(const Call& call) {
  calls_.push_back(call);
}

void CollectedCalls::execution_ended(const Execution& execution) {
  executions_.push_back(execution);
}

std::vector<std::string> CollectedCalls::rows() const {
  std::vector<std::string> rows;
  for (const Call& call : calls_)
    rows.push_back(row(call));
  for (const Execution& execution : executions_)
    rows.push_back(row(execution));
  std::sort(rows.begin(), rows.end());
  return rows;
}

CollectedCalls ended_in(const Chunk& chunk) {
  CollectedCalls ended;
  NextIds ids = chunk.header.ids;
  for (const ChunkThread& thread : chunk.threads) {
    ThreadState state = thread.opening;
    for (const Event& event : thread.events) {
      EXPECT_TRUE(replay(event, thread.key, state, ids, ended));
    }
  }
  return ended;
}

}  // namespace pgrec::test

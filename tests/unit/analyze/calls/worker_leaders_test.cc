// Covers analyze/calls/worker_leaders.h: the execution that a leader ran when its worker began, by
// the pass and by looking at every pair.
#include "analyze/calls/worker_leaders.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "tests/unit/append_event.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using Leaders = std::map<std::uint64_t, std::uint64_t>;

struct OneRun {
  std::uint32_t pid = 0;
  std::int64_t from = 0;
  std::optional<std::int64_t> to;
  std::uint64_t leader_pid = 0;  // 0: it is no worker's
};

class WorkerLeadersTest : public testing::Test {
 protected:
  // Threads one after the other, a chunk for every few runs.
  void write(const std::vector<OneRun>& runs) {
    TraceWriter writer = file_.writer();
    writer.write(
        std::vector<EventClass>{{ClassId{0},
                                 {},
                                 "execution.of-leader",
                                 {ArgumentType{"leader_pid", ArgumentType::Kind::kUnsigned, ""}}}});
    int pending = 0;
    for (const OneRun& run : runs) {
      const ThreadKey thread{run.pid, run.pid};
      const Event begin{EventKind::kExecutionBegin, {}, {}, from_ns(run.from), {}};
      writer.append(thread, std::span(&begin, 1));
      if (run.leader_pid > 0)
        test::append(writer, thread, {EventKind::kOfClass, {}, {}, from_ns(run.from), ClassId{0}},
                     {run.leader_pid});
      if (run.to) {
        const Event end{EventKind::kExecutionEnd, {}, {}, from_ns(*run.to), {}};
        writer.append(thread, std::span(&end, 1));
      }
      if (++pending % 7 == 0) writer.cut();
    }
    writer.close(from_ns(1'000'000));
  }
  // By the begins of both.
  Leaders found(unsigned threads) const {
    TraceSet set(file_.reader());
    struct All {
      void add(const ExecutionRecord& execution) {
        workers.add(execution);
        begins[value(execution.id)] = static_cast<std::uint64_t>(to_ns(execution.begun));
      }
      void merge(const All& other) {
        workers.merge(other.workers);
        begins.insert(other.begins.begin(), other.begins.end());
      }
      WorkerRuns workers;
      Leaders begins;
    };
    const PassOptions options{threads};
    const All all = sum_executions(set, {}, All{}, options);
    Leaders leaders;
    for (const auto& [worker, leader] : find_leaders(set, all.workers, options))
      leaders.emplace(all.begins.at(value(worker)), all.begins.at(value(leader)));
    return leaders;
  }
  static Leaders naive(const std::vector<OneRun>& runs) {
    Leaders leaders;
    for (const OneRun& worker : runs) {
      const OneRun* last = nullptr;
      for (const OneRun& run : runs) {
        if (worker.leader_pid == 0 || run.leader_pid != 0 || run.pid != worker.leader_pid ||
            run.from > worker.from)
          continue;
        if (!last || last->from < run.from) last = &run;
      }
      if (last && (!last->to || *last->to >= worker.from))
        leaders.emplace(static_cast<std::uint64_t>(worker.from),
                        static_cast<std::uint64_t>(last->from));
    }
    return leaders;
  }

  test::TraceFile file_;
};

TEST_F(WorkerLeadersTest, AreThoseThatRanWhenTheWorkerBegan) {
  write({{8, 50, 60, 7},
         {8, 120, 140, 7},
         {8, 210, 220, 7},
         {8, 320, 330, 7},
         {8, 401, 402, 5},
         {7, 100, 200, 0},
         {7, 300, std::nullopt, 0}});
  for (const unsigned threads : {1u, 3u})
    EXPECT_EQ(found(threads), (Leaders{{120, 100}, {320, 300}})) << threads;
}

TEST_F(WorkerLeadersTest, AreNoneWithoutWorkers) {
  write({{7, 100, 200, 0}});
  EXPECT_EQ(found(1), Leaders{});
}

TEST_F(WorkerLeadersTest, AreThoseOfEveryPair) {
  std::mt19937 random(3);
  std::vector<OneRun> runs;
  for (const std::uint32_t pid : {1u, 2u, 3u, 4u, 5u, 6u}) {
    std::int64_t now = static_cast<std::int64_t>(pid);
    for (int i = 0; i < 60; ++i) {
      now += 6 * (1 + static_cast<std::int64_t>(random() % 50));
      const std::int64_t from = now;
      now += 6 * (1 + static_cast<std::int64_t>(random() % 50));
      runs.push_back({pid, from, now, pid > 3 ? 1 + random() % 4 : 0});
    }
  }
  std::stable_sort(runs.begin(), runs.end(),
                   [](const OneRun& a, const OneRun& b) { return a.from < b.from; });
  write(runs);
  const Leaders expected = naive(runs);
  EXPECT_GT(expected.size(), 20u);
  for (const unsigned threads : {1u, 3u})
    EXPECT_EQ(found(threads), expected) << threads;
}

}  // namespace
}  // namespace pgrec

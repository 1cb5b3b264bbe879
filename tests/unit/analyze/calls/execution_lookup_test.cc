// Covers analyze/calls/execution_lookup.h, worker_leaders.h, shown_execution.h and
// events_of_chunk.h: executions by their ids, and for which of them workers ran.
#include "analyze/calls/execution_lookup.h"

#include <gtest/gtest.h>

#include "analyze/calls/chunks_ahead.h"
#include "analyze/calls/events_of_chunk.h"
#include "analyze/calls/execution_pass.h"
#include "analyze/calls/shown_execution.h"
#include "analyze/calls/worker_leaders.h"
#include "tests/unit/append_event.h"
#include "tests/unit/random_trace.h"

namespace pgrec {
namespace {

struct Collected final : ExecutionSink {
  void execution(const ExecutionRecord& execution) override {
    all.push_back(execution);
    all.back().functions = {};
  }
  std::vector<ExecutionRecord> all;
};

void expect_all_found(const test::TraceFile& file) {
  TraceSet set(file.reader());
  Collected expected;
  for_each_execution(set, ExecutionQuery{}, expected, PassOptions{});
  EXPECT_GT(expected.all.size(), 10u);
  const ChunkList chunks(set);
  ExecutionLookup lookup(set, chunks, PassOptions{});
  for (const ExecutionRecord& execution : expected.all) {
    const ExecutionRecord* const found = lookup.find(execution.id);
    ASSERT_NE(found, nullptr) << value(execution.id);
    EXPECT_EQ(found->begun, execution.begun);
    EXPECT_EQ(found->duration, execution.duration);
    EXPECT_EQ(found->end_lost, execution.end_lost);
    EXPECT_EQ(found->thread, execution.thread);
    EXPECT_EQ(found->text, execution.text);
    EXPECT_EQ(found->facts, execution.facts);
  }
  EXPECT_EQ(lookup.find(ExecutionId{set.executions()}), nullptr);
}

TEST(ExecutionLookupTest, FindsEachAsAPassDoes) {
  const test::TraceFile file;
  test::write_random_trace(file, {21, 10, 6, true});
  expect_all_found(file);
}

TEST(ExecutionLookupTest, FindsEachAroundDamage) {
  const test::TraceFile file;
  test::write_random_trace(file, {22, 10, 6, true});
  const auto chunks = test::chunk_frames(file.reader());
  file.flip_byte_of(chunks[4]);
  expect_all_found(file);
  file.flip_byte_at(chunks[7].offset);
  expect_all_found(file);
}

class LeadersOfSetTest : public testing::Test {
 protected:
  void begin(std::uint32_t pid, std::int64_t ns) { event(EventKind::kExecutionBegin, pid, ns); }
  void end(std::uint32_t pid, std::int64_t ns) { event(EventKind::kExecutionEnd, pid, ns); }
  void worker(std::uint32_t pid, std::int64_t ns, std::uint64_t leader) {
    begin(pid, ns);
    test::append(writer_, {pid, pid},
                 {EventKind::kOfClass, {}, {}, from_ns(ns), id_of(ExecutionClass::kOfLeader)},
                 {leader});
  }
  void event(EventKind kind, std::uint32_t pid, std::int64_t ns) {
    const Event one{kind, {}, {}, from_ns(ns), {}};
    writer_.append({pid, pid}, std::span(&one, 1));
  }

  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
};

TEST_F(LeadersOfSetTest, AreTheExecutionsThatRanWhenWorkersBegan) {
  writer_.write(execution_classes({}));
  begin(1, 100);  // 0
  end(1, 200);
  begin(1, 300);      // 1
  worker(2, 310, 1);  // 2: of 1
  end(2, 320);
  worker(3, 250, 1);  // 3: of none
  end(3, 260);
  writer_.cut();
  worker(2, 390, 1);  // 4: of 1
  end(2, 395);
  end(1, 400);
  worker(3, 400, 1);  // 5: of 1, to the moment
  end(3, 410);
  worker(3, 500, 0);  // 6: of nobody knows whom
  writer_.close(from_ns(1000));
  TraceSet set(file_.reader());
  const WorkerLeaders leaders(set, PassOptions{2, {}});
  std::map<std::uint64_t, std::uint64_t> found;
  for (const auto& [worker_run, leader] : leaders.all())
    found[value(worker_run)] = value(leader);
  std::map<std::uint64_t, std::uint64_t> expected;
  struct OfWorkers final : ExecutionSink {
    void execution(const ExecutionRecord& execution) override {
      ids[{execution.thread.pid, to_ns(execution.begun)}] = value(execution.id);
    }
    std::map<std::pair<std::uint32_t, std::int64_t>, std::uint64_t> ids;
  } sink;
  for_each_execution(set, ExecutionQuery{}, sink, PassOptions{});
  const std::uint64_t leader = sink.ids.at({1, 300});
  expected[sink.ids.at({2, 310})] = leader;
  expected[sink.ids.at({2, 390})] = leader;
  expected[sink.ids.at({3, 400})] = leader;
  EXPECT_EQ(found, expected);

  const ShownExecutions shown(set, leaders);
  const TraceSet::File& file = set.files().front();
  EXPECT_EQ(shown.shown(file, ExecutionId{sink.ids.at({2, 310})}), ExecutionId{leader});
  EXPECT_EQ(shown.shown(file, ExecutionId{sink.ids.at({3, 250})}),
            ExecutionId{sink.ids.at({3, 250})});
  EXPECT_EQ(shown.shown(file, kNoExecution), kNoExecution);
  EXPECT_EQ(shown.ids_of(ExecutionId{leader}).size(), 4u);
  EXPECT_EQ(shown.ids_of(ExecutionId{sink.ids.at({2, 310})}).size(), 0u);
}

TEST_F(LeadersOfSetTest, ATraceWithoutTheirEventsHasNone) {
  writer_.write(execution_classes({}));
  begin(1, 100);
  end(1, 200);
  writer_.close(from_ns(1000));
  TraceSet set(file_.reader());
  EXPECT_FALSE(may_have_workers(set.files().front()));
  EXPECT_TRUE(WorkerLeaders(set, PassOptions{}).empty());
}

TEST(EventsOfChunkTest, HasTheWantedOnesWithTheirArguments) {
  const test::TraceFile file;
  test::write_random_trace(file, {23, 3, 20, true});
  TraceSet set(file.reader());
  const ChunkList chunks(set);
  for (std::size_t chunk = 0; chunk < chunks.size(); ++chunk) {
    TraceReader trace = file.reader();
    std::vector<ArgumentValues> expected;
    std::uint64_t number = 0;
    trace.for_each_chunk([&](const Chunk& one) {
      if (number++ != chunk) return;
      for (const ChunkThread& thread : one.threads)
        expected.insert(expected.end(), thread.arguments.begin(), thread.arguments.end());
    });
    EventWish wish;
    EventWorker worker(wish);
    const auto all = work_on(chunks[chunk], worker);
    const auto& events = static_cast<const EventsOfChunk&>(*all).events;
    ASSERT_EQ(events.size(), expected.size());
    ASSERT_GT(events.size(), 0u);
    for (std::size_t i = 0; i < events.size(); ++i) {
      EXPECT_EQ(events[i].arguments, expected[i]);
      EXPECT_EQ(events[i].number, i);
    }
    // Arguments are those of the event, also behind others that are not wanted.
    const std::int64_t at = to_ns(events.back().at);
    wish.times = {at, at};
    const auto some = work_on(chunks[chunk], worker);
    const auto& last = static_cast<const EventsOfChunk&>(*some).events;
    ASSERT_FALSE(last.empty());
    EXPECT_EQ(last.back().arguments, expected.back());
    EXPECT_EQ(last.back().number, events.back().number);
  }
}

}  // namespace
}  // namespace pgrec

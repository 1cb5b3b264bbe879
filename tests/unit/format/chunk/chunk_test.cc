// Covers format/chunk/chunk_builder.h and format/chunk/chunk.h: random event streams through chunks
// against a replay without chunks, each chunk alone, and what a chunk's header says.
#include "format/chunk/chunk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "format/chunk/chunk_builder.h"
#include "format/layout.h"
#include "tests/unit/collected_calls.h"
#include "tests/unit/random_events.h"

namespace pgrec {
namespace {

using test::ended_in;
using Rows = std::vector<std::string>;

// Random streams.
class RandomChunks : public testing::TestWithParam<std::uint32_t> {
 protected:
  // Puts `stretches` stretches of events into one chunk.
  ChunkBuilder::Encoded encode(int stretches) {
    const auto batch = random_.next(stretches);
    for (const auto& stretch : batch)
      test::append(builder_, stretch);
    batch_ = batch;
    ended_ = oracle_.replay(batch);
    expected_ = ended_.rows();
    return builder_.encode();
  }
  static Chunk decode(const ChunkBuilder::Encoded& encoded) {
    return decode_chunk(encoded.plain, encoded.columns, test::random_classes()).value();
  }
  static Rows open_after(const Chunk& chunk) {
    test::CollectedCalls ended, open;
    NextIds ids = chunk.header.ids;
    for (const ChunkThread& thread : chunk.threads) {
      ThreadState state = thread.opening;
      for (const Event& event : thread.events)
        replay(event, thread.key, state, ids, ended);
      report_open(thread.key, state, open);
    }
    return open.rows();
  }

  test::RandomEvents random_{GetParam(), 7};
  test::Oracle oracle_;
  ChunkBuilder builder_;
  // Of the last chunk.
  std::vector<test::ThreadEvents> batch_;
  test::Oracle::Ended ended_;
  Rows expected_;  // the lines of what ended in it
};

TEST_P(RandomChunks, GiveTheCallsOfAReplayWithoutChunks) {
  for (int chunk = 0; chunk < 12; ++chunk)
    ASSERT_EQ(ended_in(decode(encode(40))).rows(), expected_);
}

TEST_P(RandomChunks, OfOneStretchGiveTheCallsOfAReplayWithoutChunks) {
  for (int chunk = 0; chunk < 60; ++chunk)
    ASSERT_EQ(ended_in(decode(encode(1))).rows(), expected_);
}

TEST_P(RandomChunks, KeepWhatIsOpen) {
  for (int chunk = 0; chunk < 12; ++chunk) {
    const auto encoded = encode(9);
    ASSERT_EQ(open_after(decode(encoded)), oracle_.open());
  }
}

TEST_P(RandomChunks, DecodeAlone) {
  for (int chunk = 0; chunk < 11; ++chunk)
    encode(15);
  EXPECT_EQ(ended_in(decode(encode(15))).rows(), expected_);
}

TEST_P(RandomChunks, CarryTheHeaderOfTheirPlainPart) {
  encode(30);
  const auto encoded = encode(30);
  EXPECT_EQ(encoded.plain.size(), layout::kChunkPlainBytes);
  EXPECT_EQ(decode(encoded).header, encoded.header);
}

TEST_P(RandomChunks, CountWhatTheyHold) {
  std::uint64_t calls = 0, executions = 0;
  for (int chunk = 0; chunk < 12; ++chunk) {
    const ChunkHeader header = encode(20).header;
    ASSERT_EQ(value(header.ids.call), calls);
    ASSERT_EQ(value(header.ids.execution), executions);
    calls += header.calls;
    executions += header.executions;
  }
  EXPECT_EQ(value(builder_.ids().call), calls);
  EXPECT_EQ(value(builder_.ids().execution), executions);
}

TEST_P(RandomChunks, KeepArgumentsWithTheirEvents) {
  std::map<ThreadKey, std::vector<ArgumentValues>> expected, found;
  const Chunk chunk = decode(encode(60));
  for (const auto& stretch : batch_) {
    auto& all = expected[stretch.thread];
    all.insert(all.end(), stretch.arguments.begin(), stretch.arguments.end());
  }
  for (const ChunkThread& thread : chunk.threads) {
    if (!thread.events.empty()) found[thread.key] = thread.arguments;
  }
  EXPECT_EQ(found, expected);
}

TEST_P(RandomChunks, MarkTheFunctionsAndProcessesThatTheyHave) {
  std::map<ThreadKey, std::vector<FunctionId>> open;
  for (int chunk = 0; chunk < 8; ++chunk) {
    const ChunkHeader header = encode(4).header;
    std::uint64_t functions = 0, processes = 0;
    for (const auto& stretch : batch_) {
      processes |= 1ull << stretch.thread.pid % 64;
      for (const Event& event : stretch.events) {
        auto& calls = open[stretch.thread];
        if (event.kind == EventKind::kEnter) calls.push_back(event.function);
        if (event.kind == EventKind::kEnter || event.kind == EventKind::kHeadless)
          functions |= 1ull << value(event.function) % 64;
        if (ends_call(event.kind)) {
          functions |= 1ull << value(calls.back()) % 64;
          calls.pop_back();
        }
      }
    }
    ASSERT_EQ(header.functions, functions);
    ASSERT_EQ(header.processes, processes);
  }
}

TEST_P(RandomChunks, TellTheirLongestCall) {
  for (int chunk = 0; chunk < 8; ++chunk) {
    const ChunkHeader header = encode(4).header;
    Duration longest{};
    for (const Call& call : ended_.calls)
      longest = std::max(longest, call.duration.value_or(Duration{}));
    ASSERT_EQ(header.longest, longest);
  }
}

// A column of arguments that is missing says nothing of the chunk's events.
TEST_P(RandomChunks, GiveNoEventWhereColumnsAreCutShort) {
  const auto encoded = encode(10);
  const auto all = decode(encoded);
  for (std::size_t n = 0; n < encoded.columns.size(); ++n) {
    const auto chunk = decode_chunk(encoded.plain, ByteView(encoded.columns).first(n));
    if (!chunk) continue;
    ASSERT_EQ(chunk->threads.size(), all.threads.size()) << n;
    ASSERT_EQ(ended_in(*chunk).rows(), expected_) << n;
  }
}

TEST_P(RandomChunks, SurviveEveryFlippedByte) {
  auto encoded = encode(10);
  for (std::uint8_t& byte : encoded.columns) {
    byte ^= 0xFF;
    if (const auto chunk = decode_chunk(encoded.plain, encoded.columns)) ended_in(*chunk);
    byte ^= 0xFF;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomChunks, testing::Range(1u, 21u));

// One chunk.
class ChunkTest : public testing::Test {
 protected:
  void append(EventKind kind, std::int64_t ns, std::uint32_t number = 0, std::uint32_t tid = 1) {
    const Event event{kind, FunctionId{number}, TextId{number}, from_ns(ns), ClassId{}};
    builder_.append({1, tid}, std::span(&event, 1));
  }
  Chunk there_and_back() {
    const auto encoded = builder_.encode();
    return decode_chunk(encoded.plain, encoded.columns).value();
  }
  std::vector<std::int64_t> times_there_and_back() {
    std::vector<std::int64_t> times;
    const Chunk chunk = there_and_back();
    for (const Event& event : chunk.threads.at(0).events)
      times.push_back(to_ns(event.ts));
    return times;
  }

  ChunkBuilder builder_;
};

TEST_F(ChunkTest, KeepsTimesOnBothSidesOfTheLongestShortDifference) {
  const std::vector<std::int64_t> times = {5, 5, 5 + 0xFEFF, 5 + 0xFEFF + 0xFF00, 1'000'000};
  for (const std::int64_t ns : times)
    append(EventKind::kHeadless, ns);
  EXPECT_EQ(times_there_and_back(), times);
}

TEST_F(ChunkTest, KeepsTheLatestTime) {
  append(EventKind::kHeadless, 0);
  append(EventKind::kHeadless, (1ll << 60) - 1);
  EXPECT_EQ(times_there_and_back(), (std::vector<std::int64_t>{0, (1ll << 60) - 1}));
}

TEST_F(ChunkTest, KeepsAnOpenCallThatBeganAfterTheNextChunksFirstEvent) {
  append(EventKind::kEnter, 500, 3, 1);
  builder_.encode();
  append(EventKind::kHeadless, 400, 0, 2);
  const auto chunk = there_and_back();
  ASSERT_EQ(chunk.threads.at(0).opening.calls.size(), 1u);
  EXPECT_EQ(chunk.threads.at(0).opening.calls[0].entered, from_ns(500));
}

TEST_F(ChunkTest, ListsAThreadWithNoEventButSomethingOpen) {
  append(EventKind::kExecutionBegin, 100, 9, 1);
  builder_.encode();
  append(EventKind::kHeadless, 200, 0, 2);
  const Chunk chunk = there_and_back();
  EXPECT_EQ(chunk.threads.at(0).opening.execution,
            (OpenExecution{ExecutionId{0}, TextId{9}, from_ns(100)}));
  EXPECT_TRUE(chunk.threads.at(0).events.empty());
}

TEST_F(ChunkTest, ForgetsAThreadWithNothingOpen) {
  append(EventKind::kEnter, 100, 0, 1);
  append(EventKind::kReturned, 110, 0, 1);
  builder_.encode();
  append(EventKind::kHeadless, 200, 0, 2);
  EXPECT_EQ(there_and_back().threads.size(), 1u);
}

TEST_F(ChunkTest, OrdersThreadsByKey) {
  append(EventKind::kHeadless, 100, 0, 9);
  append(EventKind::kHeadless, 200, 0, 4);
  const Chunk chunk = there_and_back();
  EXPECT_EQ(chunk.threads.at(0).key, (ThreadKey{1, 4}));
  EXPECT_EQ(chunk.threads.at(1).key, (ThreadKey{1, 9}));
}

TEST_F(ChunkTest, SpansItsEarliestAndItsLatestEvent) {
  append(EventKind::kHeadless, 300, 0, 1);
  append(EventKind::kHeadless, 100, 0, 2);
  append(EventKind::kHeadless, 200, 0, 2);
  const ChunkHeader header = there_and_back().header;
  EXPECT_EQ(header.first, from_ns(100));
  EXPECT_EQ(header.last, from_ns(300));
}

TEST_F(ChunkTest, WithoutEventsHoldsNothing) {
  const Chunk chunk = there_and_back();
  EXPECT_EQ(chunk.header, ChunkHeader{});
  EXPECT_TRUE(chunk.threads.empty());
}

}  // namespace
}  // namespace pgrec

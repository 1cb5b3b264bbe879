// Covers format/chunk.h: random event streams through chunks against a replay without chunks, each
// chunk alone, and columns that contradict their header.
#include "format/chunk.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "format/layout.h"
#include "tests/unit/collected_calls.h"
#include "tests/unit/random_events.h"

namespace pgrec {
namespace {

using layout::Column;
using test::ended_in;
using Rows = std::vector<std::string>;

// Random streams.
class RandomChunks : public testing::TestWithParam<std::uint32_t> {
 protected:
  // Puts `stretches` stretches of events into one chunk.
  ChunkBuilder::Encoded encode(int stretches) {
    const auto batch = random_.next(stretches);
    for (const auto& stretch : batch)
      builder_.append(stretch.thread, stretch.events);
    expected_ = oracle_.replay_batch(batch);
    return builder_.encode();
  }
  static Chunk decode(const ChunkBuilder::Encoded& encoded) {
    return decode_chunk(encoded.plain, encoded.columns).value();
  }
  static Rows open_after(const Chunk& chunk) {
    test::CollectedCalls ended, open;
    NextIds ids = chunk.header.ids;
    for (const ChunkThread& thread : chunk.threads) {
      ThreadState state = thread.opening;
      for (const Event& event : thread.events)
        replay(event, thread.key, state, ids, &ended);
      report_open(thread.key, state, open);
    }
    return open.rows();
  }

  test::RandomEvents random_{GetParam(), 7};
  test::Oracle oracle_;
  ChunkBuilder builder_;
  Rows expected_;  // what ended in the last chunk
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

TEST_P(RandomChunks, RefuseColumnsCutShort) {
  const auto encoded = encode(10);
  for (std::size_t n = 0; n < encoded.columns.size(); ++n) {
    ASSERT_FALSE(decode_chunk(encoded.plain, ByteView(encoded.columns).first(n))) << n;
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
    const Event event{kind, FunctionId{number}, TextId{number}, from_ns(ns)};
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
  EXPECT_EQ(there_and_back().threads.at(0).opening.calls.at(0).entered, from_ns(500));
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

// Columns that contradict. Begins with a chunk
// that decodes: thread 1/2 enters function 4, begins to run text 5 and returns.
class ContradictingChunk : public testing::Test {
 protected:
  ContradictingChunk() {
    header_ = {from_ns(100), from_ns(120), {}, 3, 1, 1, 1};
    set(Column::kThreads, {1, 2, 3, 0, 0});
    set(Column::kTokens, {4 << 4 | 0, 6, 1});
    set(Column::kTexts, {5});
    set(Column::kTimeLow, {0, 10, 10});
    set(Column::kTimeHigh, {0, 0, 0});
    set(Column::kTimeLong, {});
  }
  void set(Column column, Bytes data) {
    columns_[static_cast<std::uint8_t>(column)] = std::move(data);
  }
  void add_column(std::uint8_t id, Bytes data) { columns_[id] = std::move(data); }
  std::optional<Chunk> decode() const {
    Bytes plain, bytes;
    put_chunk_header(plain, header_);
    for (const auto& column : columns_) {
      bytes.push_back(column.first);
      put_varint(bytes, column.second.size());
      put_bytes(bytes, column.second.data(), column.second.size());
    }
    return decode_chunk(plain, bytes);
  }
  bool decodes() const { return decode().has_value(); }

  ChunkHeader header_;
  std::map<std::uint8_t, Bytes> columns_;
};

TEST_F(ContradictingChunk, DecodesBeforeItIsChanged) {
  ASSERT_TRUE(decodes());
  EXPECT_EQ(ended_in(*decode()).rows(),
            (Rows{"c0 f4 p1/t2 @100 took=20 self=20 depth=0 in=- - returned"}));
}

TEST_F(ContradictingChunk, PassesOverUnknownColumns) {
  add_column(0, {1, 2, 3});
  add_column(7, {});
  add_column(200, Bytes(300, 9));
  EXPECT_EQ(ended_in(*decode()).rows().size(), 1u);
}

TEST_F(ContradictingChunk, TakesTheLongTimes) {
  header_.last = from_ns(70'010 + 100);
  set(Column::kTimeLow, {0, 0, 10});
  set(Column::kTimeHigh, {0, 0xFF, 0});
  set(Column::kTimeLong, {0xF0, 0xA2, 0x04});
  EXPECT_EQ(decode()->threads.at(0).events.at(2).ts, from_ns(70'110));
}

TEST_F(ContradictingChunk, RefusesMoreEventsInTheHeader) {
  header_.events = 4;
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesFewerEventsInTheHeader) {
  header_.events = 2;
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesFewerEventsOfItsThread) {
  set(Column::kThreads, {1, 2, 2, 0, 0});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesMoreCallsInTheHeader) {
  header_.calls = 2;
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesMoreExecutionsInTheHeader) {
  header_.executions = 2;
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesMoreThreadsInTheHeader) {
  header_.threads = 2;
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesMoreEventsThanTheBound) {
  header_.events = layout::kMaxChunkEvents + 1;
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesAReturnFromNothing) {
  header_.calls = 0;
  set(Column::kTokens, {1, 6, 1});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesTheEndOfNoExecution) {
  header_.executions = 0;
  set(Column::kTokens, {4 << 4, 7, 1});
  set(Column::kTexts, {});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesAFunctionPastTheBound) {
  set(Column::kTokens, {0x80, 0x80, 0x40, 6, 1});  // 65536 << 4
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, TakesTheLargestFunction) {
  set(Column::kTokens, {0xF0, 0xFF, 0x3F, 6, 1});  // 65535 << 4
  EXPECT_EQ(decode()->threads.at(0).events.at(0).function, FunctionId{65535});
}

TEST_F(ContradictingChunk, RefusesAnEventAfterItsLast) {
  header_.last = from_ns(119);
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesToEndBeforeItBegins) {
  header_.last = from_ns(99);
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesTooFewTexts) {
  set(Column::kTexts, {});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesTooFewTimes) {
  set(Column::kTimeHigh, {0, 0});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesTooFewLongTimes) {
  set(Column::kTimeHigh, {0, 0xFF, 0});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesAnOpenCallWithoutAnId) {
  header_.ids.call = CallId{5};
  set(Column::kThreads, {1, 2, 3, 0, 1, 4, 0, 0, 0, 0});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesAnOpenCallWithAnIdBeforeTheFirst) {
  header_.ids.call = CallId{5};
  set(Column::kThreads, {1, 2, 3, 0, 1, 4, 6, 0, 0, 0});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesAnOpenCallFromBeforeTheTrace) {
  header_.ids.call = CallId{5};
  set(Column::kThreads, {1, 2, 3, 0, 1, 4, 1, 0xCA, 0x01, 0, 0});  // 101 ns before 100 ns
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesMoreOpenCallsThanTheBound) {
  set(Column::kThreads, {1, 2, 3, 0, 0x81, 0x80, 0x10});  // 262145
  EXPECT_FALSE(decodes());
}

// The call entered 50 ns after the chunk's first event, its return.
TEST_F(ContradictingChunk, RefusesAReturnBeforeTheEnter) {
  header_ = {from_ns(100), from_ns(120), {CallId{5}, {}}, 1, 0, 0, 1};
  set(Column::kThreads, {1, 2, 1, 0, 1, 4, 1, 99, 0, 0});
  set(Column::kTokens, {1});
  set(Column::kTexts, {});
  set(Column::kTimeLow, {0});
  set(Column::kTimeHigh, {0});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesTokensLeftOver) {
  set(Column::kTokens, {4 << 4, 6, 1, 5});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesTextsLeftOver) {
  set(Column::kTexts, {5, 5});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesTimesLeftOver) {
  set(Column::kTimeLow, {0, 10, 10, 10});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesTheSameThreadTwice) {
  header_.events = 6;
  header_.calls = 2;
  header_.executions = 2;
  header_.threads = 2;
  set(Column::kThreads, {1, 2, 3, 0, 0, 1, 2, 3, 0, 0});
  set(Column::kTokens, {4 << 4, 6, 1, 4 << 4, 6, 1});
  set(Column::kTexts, {5, 5});
  set(Column::kTimeLow, {0, 10, 10, 0, 10, 10});
  set(Column::kTimeHigh, {0, 0, 0, 0, 0, 0});
  EXPECT_FALSE(decodes());
}

}  // namespace
}  // namespace pgrec

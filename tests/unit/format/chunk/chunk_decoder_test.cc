// Covers format/chunk/chunk_decoder.h: columns that contradict the header, each other or a bound.
#include "format/chunk/chunk_decoder.h"

#include <gtest/gtest.h>

#include "tests/unit/collected_calls.h"
#include "tests/unit/format/chunk/contradicting_chunk.h"

namespace pgrec {
namespace {

using test::ended_in;
using Rows = std::vector<std::string>;

TEST_F(ContradictingChunk, DecodesBeforeItIsChanged) {
  ASSERT_TRUE(decodes());
  EXPECT_EQ(ended_in(*decode()).rows(),
            (Rows{"c0 f4 p1/t2 @100 took=20 self=20 depth=0 in=- - returned"}));
}

TEST_F(ContradictingChunk, PassesOverUnknownColumns) {
  set(0, {1, 2, 3});
  set(10, {7});
  set(65'792, Bytes(300, 9));  // behind those of arguments
  set(0xFFFFFFFF, {1});
  EXPECT_EQ(ended_in(*decode()).rows().size(), 1u);
}

TEST_F(ContradictingChunk, TakesTheLongTimes) {
  header_.last = from_ns(110 + 70'000);
  set(Column::kOtherLow, {10, 0});
  set(Column::kOtherHigh, {0, 0xFF});
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
  set(Column::kTokenTable, {kReturn, kBegin});
  set(Column::kTokens, {0, 1, 0});
  set(Column::kEnterLow, {});
  set(Column::kEnterHigh, {});
  set(Column::kOtherLow, {0, 10, 10});
  set(Column::kOtherHigh, {0, 0, 0});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesTheEndOfNoExecution) {
  header_.executions = 0;
  set(Column::kTokenTable, {kEnter4, 7, kReturn});
  set(Column::kTexts, {});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesAFunctionPastTheBound) {
  set(Column::kTokenTable, {0x80, 0x80, 0x40, kBegin, kReturn});  // 65536 << 4
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, TakesTheLargestFunction) {
  set(Column::kTokenTable, {0xF0, 0xFF, 0x3F, kBegin, kReturn});  // 65535 << 4
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
  set(Column::kOtherLow, {10});
  set(Column::kOtherHigh, {0});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesTooFewLongTimes) {
  set(Column::kOtherHigh, {0, 0xFF});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesAnOpenCallWithoutAnId) {
  set_return_from({1, 4, 0, 0, 0, 0});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesAnOpenCallWithAnIdBeforeTheFirst) {
  set_return_from({1, 4, 6, 0, 0, 0});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesAnOpenCallFromBeforeTheTrace) {
  set_return_from({1, 4, 1, 0xCA, 0x01, 0, 0});  // 101 ns before 100 ns
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesMoreOpenCallsThanTheBound) {
  set(Column::kThreads, {1, 2, 3, 0, 0x81, 0x80, 0x10});  // 262145
  EXPECT_FALSE(decodes());
}

// The call was entered 50 ns after the chunk's first event, its return.
TEST_F(ContradictingChunk, RefusesAReturnBeforeTheEnter) {
  set_return_from({1, 4, 1, 99, 0, 0});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesTokensLeftOver) {
  set(Column::kTokens, {0, 1, 2, 2});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesTextsLeftOver) {
  set(Column::kTexts, {5, 5});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesTimesLeftOver) {
  set(Column::kOtherLow, {10, 10, 10});
  set(Column::kOtherHigh, {0, 0, 0});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesATokenBeyondTheTable) {
  set(Column::kTokens, {0, 1, 3});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesATokenTableWithMoreTokensThanEvents) {
  set(Column::kTokenTable, {kEnter4, kBegin, kReturn, 2});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesAKindOfEventThatItDoesNotKnow) {
  set(Column::kTokenTable, {kEnter4, kBegin, kEventKinds});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesASubjectOfAKindThatHasNone) {
  set(Column::kTokenTable, {kEnter4, kBegin, kReturn | 1 << 4});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesAClassPastTheBound) {
  set(Column::kTokenTable, {kEnter4, kBegin, 0x89, 0x80, 0x04});  // 4096 << 4 | 9
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, TakesTheLargestClass) {
  set(Column::kTokenTable, {kEnter4, kBegin, 0xF9, 0xFF, 0x03});  // 4095 << 4 | 9
  EXPECT_EQ(decode()->threads.at(0).events.at(2).event_class, ClassId{4095});
}

TEST_F(ContradictingChunk, RefusesTooFewTokens) {
  set(Column::kTokens, {0, 1});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesLowBytesWithoutHighOnes) {
  set(Column::kEnterHigh, {});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesHighBytesWithoutLowOnes) {
  set(Column::kOtherHigh, {0, 0, 0});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesTimesOfEntersForOtherEvents) {
  set(Column::kEnterLow, {0, 10});
  set(Column::kEnterHigh, {0, 0});
  set(Column::kOtherLow, {10});
  set(Column::kOtherHigh, {0});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesLongTimesLeftOver) {
  set(Column::kTimeLong, {1});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesALongTimePastTheBound) {
  header_.last = from_ns(layout::kMaxNs - 1);
  set(Column::kOtherHigh, {0, 0xFF});
  Bytes longer;
  put_varint(longer, layout::kMaxNs);
  set(Column::kTimeLong, longer);
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesThreadsLeftOver) {
  set(Column::kThreads, {1, 2, 3, 0, 0, 1});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, RefusesATextOfMoreThan32Bits) {
  set(Column::kTexts, {0x80, 0x80, 0x80, 0x80, 0x10});
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingChunk, TakesAReturnFromACallThatWasOpen) {
  set_return_from({1, 4, 1, 80, 0, 0});  // entered 40 ns before 100
  EXPECT_EQ(ended_in(*decode()).rows(),
            (Rows{"c4 f4 p1/t2 @60 took=40 self=40 depth=0 in=- - returned"}));
}

TEST_F(ContradictingChunk, RefusesACallWithMoreTimeInsideThanItTook) {
  const std::uint8_t function = 4, back = 1, age = 60, execution = 0;  // entered 30 ns before
  set_return_from({1, function, back, age, 30, execution});
  EXPECT_TRUE(decodes());
  set_return_from({1, function, back, age, 31, execution});
  EXPECT_FALSE(decodes());
}

// Counts what it is handed.
struct Counter {
  void chunk(const ChunkHeader& /*header*/, const Columns& /*columns*/) { ++chunks; }
  void thread(const ThreadKey& /*key*/, ThreadState&& /*opening*/) {}
  bool event(const Event& /*event*/) { return ++events > 0; }
  int chunks = 0;
  int events = 0;
};

TEST_F(ContradictingChunk, HandsNothingToAVisitorThatCannotTakeItBack) {
  ChunkDecoder decoder;
  Counter counter;
  EXPECT_TRUE(decoder.decode_checked(plain(), column_bytes(), counter));
  EXPECT_EQ(counter.events, 3);
  header_.calls = 2;
  EXPECT_FALSE(decoder.decode_checked(plain(), column_bytes(), counter));
  EXPECT_EQ(counter.chunks, 1);
  EXPECT_EQ(counter.events, 3);
}

TEST_F(ContradictingChunk, RefusesACompressedColumnThatDoesNotDecompress) {
  Bytes bytes = column_bytes();
  const Bytes wrong = {10, 1, 5, 3, 'x', 'y', 'z'};  // an unknown column is not opened
  bytes.insert(bytes.end(), wrong.begin(), wrong.end());
  EXPECT_TRUE(decode_chunk(plain(), bytes).has_value());
  bytes[bytes.size() - wrong.size()] = Column::kTimeLong;
  EXPECT_FALSE(decode_chunk(plain(), bytes).has_value());
}

}  // namespace
}  // namespace pgrec

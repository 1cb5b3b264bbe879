// Covers format/table/summary.h: summaries of random chunks against ones computed from their calls,
// there and back, added up, and bytes that are none.
#include "format/table/summary.h"

#include <gtest/gtest.h>

#include "format/chunk/chunk_builder.h"
#include "format/table/rows.h"
#include "tests/unit/expected_summary.h"
#include "tests/unit/random_events.h"

namespace pgrec {
namespace {

using Classes = std::map<ClassId, std::uint64_t>;

class RandomSummaries : public testing::TestWithParam<std::uint32_t> {
 protected:
  // Of the next chunk, of so many stretches of events.
  Summary next(int stretches) {
    std::vector<Loss> losses;
    for (int i = 0; i < stretches % 4; ++i)
      losses.push_back(random_.next_loss());
    for (const Loss& loss : losses)
      builder_.lost(loss.cause, loss.events);
    const auto batch = random_.next(stretches);
    for (const auto& stretch : batch)
      test::append(builder_, stretch);
    expected_ = expected_summary(batch, oracle_.replay(batch), losses);
    return builder_.encode().summary;
  }

  test::RandomEvents random_{GetParam(), 6};
  test::Oracle oracle_;
  ChunkBuilder builder_;
  Summary expected_;  // of the last chunk
};

TEST_P(RandomSummaries, AreThoseOfTheChunksCalls) {
  for (int chunk = 0; chunk < 20; ++chunk) {
    const Summary found = next(1 + 3 * chunk);
    ASSERT_EQ(found.functions, expected_.functions);
    ASSERT_EQ(found.processes, expected_.processes);
    ASSERT_EQ(found.slowest, expected_.slowest);
    ASSERT_EQ(found.losses, expected_.losses);
    ASSERT_EQ(found.executions, expected_.executions);
    ASSERT_EQ(found.classes, expected_.classes);
  }
}

TEST_P(RandomSummaries, ComeBack) {
  for (int chunk = 0; chunk < 10; ++chunk) {
    const Summary written = next(1 + 5 * chunk);
    ASSERT_EQ(decode_summary(encode(written)), written);
  }
}

TEST_P(RandomSummaries, AddUpToThatOfOneChunk) {
  Summary sum;
  std::vector<test::ThreadEvents> all;
  test::RandomEvents again(GetParam(), 6);
  for (int chunk = 0; chunk < 6; ++chunk) {
    sum.merge(next(8));
    const auto batch = again.next(8);
    all.insert(all.end(), batch.begin(), batch.end());
  }
  // Ids are given out chunk by chunk, so those of the slowest calls differ.
  test::Oracle oracle;
  const Summary whole = expected_summary(all, oracle.replay(all), {});
  EXPECT_EQ(sum.functions, whole.functions);
  EXPECT_EQ(sum.processes, whole.processes);
  EXPECT_EQ(sum.executions, whole.executions);
}

TEST_P(RandomSummaries, HaveTheSlowestOfAllChunks) {
  Summary sum;
  std::vector<SlowCall> all;
  for (int chunk = 0; chunk < 6; ++chunk) {
    const Summary one = next(30);
    sum.merge(one);
    all.insert(all.end(), one.slowest.begin(), one.slowest.end());
  }
  std::sort(all.begin(), all.end(), [](const SlowCall& a, const SlowCall& b) {
    return a.duration != b.duration ? a.duration > b.duration : a.id < b.id;
  });
  all.resize(Summary::kSlowest);
  EXPECT_EQ(sum.slowest, all);
}

// But right behind what format 1.2 ended with.
TEST_P(RandomSummaries, AreRefusedCutShort) {
  Summary summary = next(20);
  const Bytes whole = encode(summary);
  summary.classes.reset();
  const std::size_t before_classes = encode(summary).size();
  for (std::size_t n = 0; n < whole.size(); ++n) {
    ASSERT_EQ(decode_summary(ByteView(whole).first(n)).has_value(), n == before_classes) << n;
  }
}

TEST_P(RandomSummaries, SurviveEveryFlippedByte) {
  Bytes bytes = encode(next(10));
  for (std::uint8_t& byte : bytes) {
    byte ^= 0xFF;
    if (const auto summary = decode_summary(bytes)) encode(*summary);
    byte ^= 0xFF;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomSummaries, testing::Range(1u, 9u));

class SummaryTest : public testing::Test {
 protected:
  // A call of function 1 by process 1.
  void call(std::int64_t from_ns, std::int64_t to_ns, std::uint32_t tid = 1) {
    const std::vector<Event> events = {
        {EventKind::kEnter, FunctionId{1}, {}, pgrec::from_ns(from_ns), {}},
        {EventKind::kReturned, {}, {}, pgrec::from_ns(to_ns), {}}};
    builder_.append({1, tid}, events);
  }
  std::vector<std::uint64_t> slowest_ids() {
    std::vector<std::uint64_t> ids;
    for (const SlowCall& slow : builder_.encode().summary.slowest)
      ids.push_back(value(slow.id));
    return ids;
  }

  ChunkBuilder builder_;
};

TEST_F(SummaryTest, OrdersTheSlowestByDuration) {
  call(0, 5);
  call(10, 20);
  call(20, 27);
  EXPECT_EQ(slowest_ids(), (std::vector<std::uint64_t>{1, 2, 0}));
}

TEST_F(SummaryTest, OrdersEquallySlowOnesByTheirIds) {
  for (int i = 0; i < 3; ++i)
    call(10 * i, 10 * i + 5);
  EXPECT_EQ(slowest_ids(), (std::vector<std::uint64_t>{0, 1, 2}));
}

TEST_F(SummaryTest, KeepsTheEarliestOfMoreEquallySlowOnesThanItHolds) {
  for (int i = 0; i < 20; ++i)
    call(10 * i, 10 * i + 5);
  EXPECT_EQ(slowest_ids(), (std::vector<std::uint64_t>{0, 1, 2, 3, 4, 5, 6, 7}));
}

// The inner calls end first and have the larger ids.
TEST_F(SummaryTest, KeepsAnEquallySlowOneOfASmallerIdThatEndsLater) {
  constexpr int kDepth = 9;
  for (int i = 0; i < 2 * kDepth; ++i) {
    const Event event{i < kDepth ? EventKind::kEnter : EventKind::kReturned,
                      FunctionId{1},
                      {},
                      from_ns(i < kDepth ? 0 : 10),
                      {}};
    builder_.append({1, 1}, std::span(&event, 1));
  }
  EXPECT_EQ(slowest_ids(), (std::vector<std::uint64_t>{0, 1, 2, 3, 4, 5, 6, 7}));
}

TEST_F(SummaryTest, HasCallsOfZeroDuration) {
  call(5, 5);
  const Summary summary = builder_.encode().summary;
  EXPECT_EQ(summary.functions.at(FunctionId{1}).min, Duration(0));
  EXPECT_EQ(summary.functions.at(FunctionId{1}).returned(), 1u);
  EXPECT_EQ(summary.slowest.size(), 1u);
}

TEST_F(SummaryTest, AddsUpTheThreadsOfAProcess) {
  call(0, 5, 1);
  call(0, 7, 2);
  const ProcessSummary process = builder_.encode().summary.processes.at(1);
  EXPECT_EQ(process.calls, 2u);
  EXPECT_EQ(process.total, Duration(12));
}

TEST_F(SummaryTest, OfTheNextChunkBeginsAnew) {
  call(0, 5);
  builder_.lost("late", 3);
  builder_.encode();
  Summary none;
  none.longest.reset();
  none.forget_statements();
  EXPECT_EQ(builder_.encode().summary, none);
}

TEST_F(SummaryTest, PassesOverWhatALaterVersionAppended) {
  call(0, 5);
  Summary summary = builder_.encode().summary;
  summary.longest.emplace();
  summary.statements.emplace();
  Bytes bytes = encode(summary);
  put_rows(bytes, std::vector<unsigned>{1, 2},
           [](Bytes& row, unsigned v) { put_varint(row, 100 + v); });
  EXPECT_EQ(decode_summary(bytes), summary);
}

// Before format 1.3.
TEST_F(SummaryTest, DoesNotKnowOfClassesWhereNothingIsSaid) {
  call(0, 5);
  Summary old = builder_.encode().summary;
  old.classes.reset();
  old.longest.reset();
  old.forget_statements();
  EXPECT_EQ(decode_summary(encode(old)), old);
  Summary sum;
  sum.merge(old);
  EXPECT_EQ(sum.classes, std::nullopt);
}

TEST_F(SummaryTest, AddsUpTheEventsOfAClass) {
  Summary sum;
  Summary one;
  one.classes = Classes{{ClassId{3}, 2}, {ClassId{5}, UINT64_MAX}};
  sum.merge(one);
  sum.merge(one);
  EXPECT_EQ(sum.classes, (Classes{{ClassId{3}, 4}, {ClassId{5}, UINT64_MAX}}));
}

TEST_F(SummaryTest, IsRefusedWithAClassPastTheBound) {
  Summary forged;
  forged.classes = Classes{{ClassId{layout::kMaxClasses}, 1}};
  EXPECT_EQ(decode_summary(encode(forged)), std::nullopt);
}

TEST_F(SummaryTest, HasNoLossesWhereNoneWereTold) {
  EXPECT_EQ(decode_summary(encode(Summary{})), Summary{});
}

// Bytes that are a summary but for one number.
class ForgedSummary : public testing::Test {
 protected:
  // Of one function whose row is `row`.
  static std::optional<Summary> with_function(const Bytes& row) { return with_functions({row}); }
  static std::optional<Summary> with_functions(const std::vector<Bytes>& rows) {
    Bytes out;
    put_rows(out, rows, [](Bytes& to, const Bytes& row) { to = row; });
    for (int table = 0; table < 3; ++table)
      put_varint(out, 0);
    put_varint(out, 1);
    put_varint(out, 4);
    out.insert(out.end(), 4, 0);
    return decode_summary(out);
  }
  // Function 7 with the given histogram.
  static Bytes row(const Bytes& histogram) {
    Bytes out(10);
    out[0] = 7;
    put_bytes(out, histogram.data(), histogram.size());
    return out;
  }
};

TEST_F(ForgedSummary, DecodesBeforeItIsChanged) {
  const auto summary = with_function(row({2, 5, 1, 30, 2, 66}));  // rows 5 and 35 = 38 and 39 ns
  ASSERT_TRUE(summary);
  const LogHistogram& durations = summary->functions.at(FunctionId{7}).durations;
  EXPECT_EQ(durations.count(5), 1u);
  EXPECT_EQ(durations.count(35), 2u);
  EXPECT_EQ(durations.total_ns(5), 66u);
}

TEST_F(ForgedSummary, IsRefusedWithTheSameRowTwice) {
  EXPECT_FALSE(with_function(row({2, 5, 1, 0, 2})));
}

TEST_F(ForgedSummary, IsRefusedWithARowPastTheBound) {
  Bytes histogram = {1};
  put_varint(histogram, LogHistogram::kRows);
  histogram.insert(histogram.end(), {1, 1});
  EXPECT_FALSE(with_function(row(histogram)));
}

TEST_F(ForgedSummary, IsRefusedWithMoreRowsThanTheBound) {
  Bytes histogram;
  put_varint(histogram, LogHistogram::kRows + 1);
  EXPECT_FALSE(with_function(row(histogram)));
}

TEST_F(ForgedSummary, IsRefusedWithoutATotal) {
  EXPECT_FALSE(with_function(row({1, 35, 2})));
}

TEST_F(ForgedSummary, IsRefusedWithAFunctionTwice) {
  EXPECT_FALSE(with_functions({row({0}), row({0})}));
}

TEST_F(ForgedSummary, IsRefusedWithAFunctionPastTheBound) {
  EXPECT_FALSE(with_function({0x80, 0x80, 0x04, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
}

TEST_F(ForgedSummary, IsRefusedWithADurationOfMoreThan63Bits) {
  Bytes forged = {7, 0, 0, 0, 0, 0, 0};
  put_varint(forged, 1ull << 63);
  forged.insert(forged.end(), {0, 0, 0});
  EXPECT_FALSE(with_function(forged));
}

TEST_F(ForgedSummary, AddsUpToTheLargestNumbers) {
  Summary forged;
  FunctionSummary& function = forged.functions[FunctionId{1}];
  function.calls = UINT64_MAX;
  function.ended.fill(UINT64_MAX);
  function.ended[0] = 0;
  function.self = function.max = function.min = Duration::max();
  forged.processes[1] = {UINT64_MAX, UINT64_MAX, Duration::max(), Duration::max()};
  forged.losses["late"] = UINT64_MAX;
  forged.executions = {UINT64_MAX, UINT64_MAX, UINT64_MAX, Duration::max()};
  const Summary once = decode_summary(encode(forged)).value();
  Summary twice = once;
  twice.merge(once);
  EXPECT_EQ(twice, once);
}

}  // namespace
}  // namespace pgrec

// Covers analyze/calls/call_ends.h with calls_of_chunk.h, call_rows.h and chunks_ahead.h, and
// analyze/trace/chunk_list.h: what becomes of the calls that a chunk leaves open, and of those
// whose chunk is lost; against a rebuild of the whole trace.
#include "analyze/calls/call_ends.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "analyze/calls/call_builder.h"
#include "analyze/calls/call_rows.h"
#include "analyze/calls/calls_of_chunk.h"
#include "analyze/calls/chunks_ahead.h"
#include "analyze/calls/shown_execution.h"
#include "analyze/trace/chunk_list.h"
#include "tests/unit/collected_calls.h"
#include "tests/unit/random_trace.h"

namespace pgrec {
namespace {

class CallEndsTest : public testing::Test {
 protected:
  void write(bool damaged) {
    test::write_random_trace(file_, {11, 12, 6, true});
    const auto chunks = test::chunk_frames(file_.reader());
    if (damaged) {
      file_.flip_byte_of(chunks[5]);
      file_.flip_byte_at(chunks[8].offset);
    }
    set_ = std::make_unique<TraceSet>(file_.reader());
    chunks_ = std::make_unique<ChunkList>(*set_);
    TraceReader trace = file_.reader();
    test::CollectedCalls collected;
    build_calls(trace, collected);
    for (const Call& call : collected.calls())
      expected_[call.id] = call;
  }
  std::unique_ptr<CallsOfChunk> calls_of(std::size_t chunk, const CallWish& wish) {
    CallWorker worker(wish, shown_(), self_known_);
    auto result = work_on((*chunks_)[chunk], worker);
    return std::unique_ptr<CallsOfChunk>(static_cast<CallsOfChunk*>(result.release()));
  }
  std::optional<std::vector<Call>> carried(std::size_t chunk) {
    ++looks_;
    CallWish wish;
    wish.none = true;
    const auto calls = calls_of(chunk, wish);
    if (!calls) return std::nullopt;
    EXPECT_EQ(calls->rows.size(), 0u);
    return calls->carried;
  }
  CallEnds ends() {
    return CallEnds(*chunks_, [this](std::size_t chunk) { return carried(chunk); });
  }
  static CallWish all() {
    CallWish wish;
    wish.fields = CallFields::all();
    return wish;
  }
  const ShownExecutions& shown_() {
    if (!executions_) executions_ = std::make_unique<ShownExecutions>(*set_, leaders_);
    return *executions_;
  }

  test::TraceFile file_;
  std::unique_ptr<TraceSet> set_;
  std::unique_ptr<ChunkList> chunks_;
  std::map<CallId, Call> expected_;
  WorkerLeaders leaders_;
  std::unique_ptr<ShownExecutions> executions_;
  std::vector<std::uint8_t> self_known_{1};
  int looks_ = 0;
};

CallId id_in(const CallsOfChunk& calls, std::size_t row) {
  return CallId{static_cast<std::uint64_t>(calls.rows.number(CallField::kId, row))};
}

TEST_F(CallEndsTest, EveryOpenCallEndsAsInTheWholeTrace) {
  for (const bool damaged : {false, true}) {
    expected_.clear();
    executions_.reset();
    write(damaged);
    CallEnds found = ends();
    std::size_t open = 0;
    for (std::size_t chunk = 0; chunk < chunks_->size(); ++chunk) {
      const auto calls = calls_of(chunk, all());
      if (!calls) continue;
      for (const std::uint32_t row : calls->open) {
        const Call& expected = expected_.at(id_in(*calls, row));
        const Call call = found.find(chunk, expected.id);
        EXPECT_EQ(call.outcome, expected.outcome) << test::row(expected);
        EXPECT_EQ(call.duration, expected.duration) << test::row(expected);
        EXPECT_EQ(call.self, expected.self) << test::row(expected);
        EXPECT_EQ(call.at_most, expected.at_most) << test::row(expected);
        ++open;
      }
    }
    EXPECT_GT(open, 20u);
  }
}

TEST_F(CallEndsTest, ACallThatRunsForLongIsFoundByFewLooks) {
  TraceWriter writer = file_.writer();
  const auto event = [&](EventKind kind, std::int64_t ns) {
    const Event one{kind, FunctionId{1}, {}, from_ns(ns), {}};
    writer.append({1, 1}, std::span(&one, 1));
  };
  event(EventKind::kEnter, 10);
  for (int i = 1; i <= 1000; ++i) {
    event(EventKind::kEnter, 100 * i);
    event(EventKind::kReturned, 100 * i + 50);
    if (i == 900) event(EventKind::kReturned, 100 * i + 60);
    writer.cut();
  }
  writer.close(from_ns(1'000'000));
  set_ = std::make_unique<TraceSet>(file_.reader());
  chunks_ = std::make_unique<ChunkList>(*set_);
  CallEnds found = ends();
  EXPECT_EQ(found.find(0, CallId{0}).duration, Duration(90'050));
  EXPECT_LT(looks_, 25);
}

TEST_F(CallEndsTest, CallsOfLostChunksAreKnownWhereTheyWereOpenBehindThem) {
  write(true);
  CallEnds found = ends();
  std::size_t lost = 0;
  std::map<CallId, Call> all_lost;
  for (std::size_t chunk = 0; chunk < chunks_->size(); ++chunk) {
    const ChunkList::One& one = (*chunks_)[chunk];
    auto calls = found.lost_begins(chunk, one.gap_from, one.first_call());
    if (!calls_of(chunk, all())) {
      const auto more = found.lost_begins(chunk + 1, one.first_call(), one.next_call());
      calls.insert(calls.end(), more.begin(), more.end());
    } else {
      // Of a chunk that can be read all are known from it.
      for (auto id = one.first_call(); id < one.next_call(); id = CallId{value(id) + 1})
        expected_.erase(id);
    }
    for (const Call& call : calls)
      all_lost[call.id] = call;
    lost += calls.size();
  }
  EXPECT_GT(lost, 0u);
  ASSERT_EQ(all_lost.size(), expected_.size());
  for (const auto& [id, call] : all_lost)
    EXPECT_EQ(test::row(call), test::row(expected_.at(id)));
}

TEST_F(CallEndsTest, ChunksAreFoundByTheIdsOfCalls) {
  write(true);
  ASSERT_TRUE(chunks_->is_sorted());
  for (std::size_t chunk = 0; chunk < chunks_->size(); ++chunk) {
    const ChunkList::One& one = (*chunks_)[chunk];
    EXPECT_EQ(chunks_->of(one.first_call()), chunk);
    EXPECT_EQ(chunks_->of(one.gap_from), chunk);
    if (one.chunk.header.executions > 0) {
      EXPECT_EQ(chunks_->of(one.first_execution()), chunk);
    }
    EXPECT_EQ(chunks_->end_of_file(chunk), chunks_->size());
  }
  EXPECT_EQ(chunks_->of((*chunks_)[chunks_->size() - 1].next_call()), chunks_->size());
}

TEST_F(CallEndsTest, ChunksComeInTheOrderInWhichTheyAreAskedForAndMayBeDropped) {
  write(false);
  const CallWish wish = all();
  for (const unsigned threads : {1u, 4u}) {
    for (const std::size_t taken : {std::size_t{0}, std::size_t{1}, chunks_->size()}) {
      ChunksAhead ahead(
          *chunks_, [&] { return std::make_unique<CallWorker>(wish, shown_(), self_known_); },
          threads);
      std::size_t next = 0;
      for (std::size_t i = 0; i < taken; ++i) {
        while (next < chunks_->size() && ahead.asked() < ahead.room())
          ahead.ask(chunks_->size() - 1 - next++);
        const auto result = ahead.take();
        const auto& calls = static_cast<const CallsOfChunk&>(*result);
        const ChunkList::One& one = (*chunks_)[chunks_->size() - 1 - i];
        EXPECT_EQ(calls.rows.size(), one.chunk.header.calls);
        ASSERT_GT(calls.rows.size(), 0u);
        EXPECT_EQ(id_in(calls, 0), one.first_call());
      }
    }
  }
}

TEST_F(CallEndsTest, AChunkThatCannotBeReadIsDamage) {
  write(true);
  const CallWish wish = all();
  std::size_t unreadable = 0;
  for (std::size_t chunk = 0; chunk < chunks_->size(); ++chunk)
    unreadable += calls_of(chunk, wish) ? 0u : 1u;
  EXPECT_EQ(unreadable, 2u);
  EXPECT_EQ(set_->files().front().reader.damages().size(), 2u);
}

TEST_F(CallEndsTest, RowsAreSortedByWhenTheyBegan) {
  write(false);
  CallWish wish = all();
  wish.sorted = true;
  const auto calls = calls_of(2, wish);
  const auto plain = calls_of(2, all());
  ASSERT_EQ(calls->rows.size(), plain->rows.size());
  const std::int64_t* const begun = calls->rows.numbers(CallField::kBegun);
  EXPECT_TRUE(std::is_sorted(begun, begun + calls->rows.size()));
  std::vector<CallId> open, plain_open;
  for (const std::uint32_t row : calls->open)
    open.push_back(id_in(*calls, row));
  for (const std::uint32_t row : plain->open)
    plain_open.push_back(id_in(*plain, row));
  std::sort(open.begin(), open.end());
  EXPECT_EQ(open, plain_open);
}

}  // namespace
}  // namespace pgrec

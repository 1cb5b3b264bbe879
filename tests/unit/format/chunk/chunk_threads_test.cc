// Covers format/chunk/chunk_decoder.h: threads of a chunk that contradict each other or a bound.
#include "format/chunk/chunk_decoder.h"

#include <gtest/gtest.h>

#include "tests/unit/collected_calls.h"
#include "tests/unit/format/chunk/contradicting_chunk.h"

namespace pgrec {
namespace {

using Rows = std::vector<std::string>;

// Two threads that do the same.
class ContradictingThreads : public ContradictingChunk {
 protected:
  void set_second_thread(std::uint8_t tid) {
    header_.events = 6;
    header_.calls = 2;
    header_.executions = 2;
    header_.threads = 2;
    set(Column::kThreads, {1, 2, 3, 0, 0, 1, tid, 3, 0, 0});
    set(Column::kTokens, {0, 1, 2, 0, 1, 2});
    set(Column::kTexts, {5, 5});
    set(Column::kEnterLow, {0, 0});
    set(Column::kEnterHigh, {0, 0});
    set(Column::kOtherLow, {10, 10, 10, 10});
    set(Column::kOtherHigh, {0, 0, 0, 0});
  }
};

TEST_F(ContradictingThreads, AreTakenInOrder) {
  set_second_thread(3);
  EXPECT_TRUE(decodes());
}

TEST_F(ContradictingThreads, AreRefusedTwice) {
  set_second_thread(2);
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingThreads, AreRefusedOutOfOrder) {
  set_second_thread(1);
  EXPECT_FALSE(decodes());
}

// Each has fewer than the bound.
TEST_F(ContradictingThreads, AreRefusedWithMoreOpenCallsThanTheBound) {
  header_.ids.call = CallId{1};
  Bytes threads;
  for (const std::uint32_t tid : {2u, 3u}) {
    put_varint(threads, 1);
    put_varint(threads, tid);
    put_varint(threads, tid == 2 ? 3 : 0);
    put_varint(threads, 0);
    put_varint(threads, layout::kMaxOpenCalls / 2 + 1);
    for (std::uint32_t call = 0; call <= layout::kMaxOpenCalls / 2; ++call)
      threads.insert(threads.end(), {4, 1, 0, 0, 0});
  }
  set(Column::kThreads, threads);
  header_.threads = 2;
  EXPECT_FALSE(decodes());
}

TEST_F(ContradictingThreads, AreTakenWithAsManyOpenCallsAsTheBound) {
  header_.ids.call = CallId{1};
  Bytes threads = {1, 2, 3, 0};
  put_varint(threads, layout::kMaxOpenCalls);
  for (std::uint32_t call = 0; call < layout::kMaxOpenCalls; ++call)
    threads.insert(threads.end(), {4, 1, 0, 0, 0});
  set(Column::kThreads, threads);
  EXPECT_EQ(decode()->threads.at(0).opening.calls.size(), layout::kMaxOpenCalls);
}

}  // namespace
}  // namespace pgrec

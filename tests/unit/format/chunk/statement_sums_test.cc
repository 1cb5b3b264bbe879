// Covers format/chunk/statement_sums.h on single executions: those that go on from chunk to chunk,
// bounds, and what is not known. random_statements_test.cc has random ones.
#include "format/chunk/statement_sums.h"

#include <gtest/gtest.h>

#include "format/chunk/chunk_builder.h"
#include "tests/unit/append_event.h"

namespace pgrec {
namespace {

using Tells = ExecutionRole::Tells;

class StatementSumsTest : public testing::Test {
 protected:
  StatementSumsTest() {
    texts_.add(TextId{1}, 0xA);
    texts_.add(TextId{2}, 0xB);
    ExecutionRoles roles;
    roles.by_class.resize(2);
    roles.by_class[0].tells = Tells::kCompletion;
    roles.by_class[0].query_id = 0;
    roles.by_class[1].tells = Tells::kOfLeader;
    builder_.sum_statements({roles, &texts_});
  }
  void event(EventKind kind, std::int64_t ns, std::uint32_t number = 0) {
    Event one;
    one.kind = kind;
    one.ts = from_ns(ns);
    one.function = FunctionId{number};
    one.text = TextId{number};
    one.event_class = ClassId{number};
    ArgumentValues arguments;
    if (kind == EventKind::kOfClass && number == 0) arguments.emplace_back(std::uint64_t{77});
    if (kind == EventKind::kOfClass) return test::append(builder_, {1, 1}, one, arguments);
    builder_.append({1, 1}, std::span(&one, 1));
  }
  Summary cut() { return builder_.encode().summary; }

  TextFingerprints texts_;
  ChunkBuilder builder_;
};

TEST_F(StatementSumsTest, CountAnExecutionWhereItEnds) {
  event(EventKind::kExecutionBegin, 100, 1);
  event(EventKind::kEnter, 110, 3);
  EXPECT_EQ(cut().statements->at({0xA, 0, {}}).executions, 0u);
  event(EventKind::kOfClass, 150, 0);
  EXPECT_TRUE(cut().statements->empty());
  event(EventKind::kReturned, 160);
  event(EventKind::kExecutionEnd, 200);
  const Statements statements = cut().statements.value();
  ASSERT_EQ(statements.size(), 1u);
  const StatementSummary& sums = statements.at({0xA, 77, {}});
  EXPECT_EQ(sums.executions, 1u);
  EXPECT_EQ(sums.said, 1u);
  EXPECT_EQ(sums.total, Duration(100));
  EXPECT_EQ(sums.functions.at(FunctionId{3}),
            (StatementFunction{0, 1, Duration(50), Duration(50)}));
}

// The execution's end comes first where the function sends it.
TEST_F(StatementSumsTest, GiveACallThatOutlastsItsExecutionToThat) {
  event(EventKind::kExecutionBegin, 100, 1);
  event(EventKind::kEnter, 110, 3);
  event(EventKind::kExecutionEnd, 150);
  event(EventKind::kExecutionBegin, 160, 2);
  cut();
  event(EventKind::kReturned, 170);
  event(EventKind::kExecutionEnd, 180);
  const Statements statements = cut().statements.value();
  EXPECT_EQ(statements.at({0xA, 0, {}}).functions.at(FunctionId{3}),
            (StatementFunction{0, 1, Duration(60), Duration(60)}));
  EXPECT_TRUE(statements.at({0xB, 0, {}}).functions.empty());
}

TEST_F(StatementSumsTest, HaveCallsOfAWorkerAndNoExecution) {
  event(EventKind::kExecutionBegin, 100, 1);
  event(EventKind::kOfClass, 100, 1);
  cut();
  event(EventKind::kEnter, 110, 3);
  event(EventKind::kReturned, 160);
  event(EventKind::kExecutionEnd, 200);
  const Summary summary = cut();
  const StatementSummary& sums = summary.statements->at({0xA, 0, {}});
  EXPECT_EQ(sums.executions, 0u);
  EXPECT_EQ(sums.functions.at(FunctionId{3}).calls, 1u);
  EXPECT_TRUE(summary.longest->empty());
}

TEST_F(StatementSumsTest, AreNotKnownWhereATextIsNot) {
  event(EventKind::kExecutionBegin, 100, 9);
  event(EventKind::kExecutionEnd, 200);
  const Summary summary = cut();
  EXPECT_EQ(summary.statements, std::nullopt);
  EXPECT_EQ(summary.longest->size(), 1u);
}

TEST_F(StatementSumsTest, AreNotCompleteWithMoreStatementsThanTheirBound) {
  for (std::uint32_t i = 0; i <= StatementSums::kMost; ++i) {
    texts_.add(TextId{100 + i}, 1000 + i);
    event(EventKind::kExecutionBegin, 10 * i, 100 + i);
    event(EventKind::kExecutionEnd, 10 * i + 1);
  }
  const Summary summary = cut();
  EXPECT_EQ(summary.statements->size(), StatementSums::kMost);
  EXPECT_FALSE(summary.statements_complete);
  EXPECT_TRUE(cut().statements_complete);
}

TEST_F(StatementSumsTest, AreNotCompleteWithMoreTextsWithoutAFingerprint) {
  for (std::uint32_t i = 0; i <= StatementSums::kMostTexts; ++i) {
    texts_.add(TextId{100 + i}, 0);
    event(EventKind::kExecutionBegin, 10 * i, 100 + i);
    event(EventKind::kExecutionEnd, 10 * i + 1);
  }
  const Summary summary = cut();
  EXPECT_EQ(summary.statements->size(), StatementSums::kMostTexts);
  EXPECT_FALSE(summary.statements_complete);
}

TEST_F(StatementSumsTest, HaveTheLongestExecutionsInTheirOrder) {
  for (std::int64_t i = 0; i < 40; ++i) {
    event(EventKind::kExecutionBegin, 1000 * i, 1);
    event(EventKind::kExecutionEnd, 1000 * i + i % 20);
  }
  const Summary summary = cut();
  ASSERT_EQ(summary.longest->size(), Summary::kLongest);
  EXPECT_EQ(summary.longest->at(0).id, ExecutionId{19});
  EXPECT_EQ(summary.longest->at(1).id, ExecutionId{39});
  EXPECT_EQ(summary.longest->back().duration, Duration(8));
}

TEST_F(StatementSumsTest, AreNotThereWithoutRoles) {
  ChunkBuilder builder;
  EXPECT_EQ(builder.encode().summary.statements, std::nullopt);
  EXPECT_EQ(builder.encode().summary.longest, std::nullopt);
}

}  // namespace
}  // namespace pgrec

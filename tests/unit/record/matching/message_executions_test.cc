// Covers record/matching/execution_matcher.h: messages of several statements.
#include "record/matching/execution_matcher.h"

#include "tests/unit/record/matching/execution_matcher_test.h"

namespace pgrec {
namespace {

using MessageExecutions = ExecutionMatcherTest;

TEST_F(MessageExecutions, BeginsTheStatementsOfAMessageOneAfterTheOther) {
  statements({1, 2, 3});
  send();
  for (int i = 0; i < 3; ++i)
    complete();
  idle();
  EXPECT_EQ(story(), "begin 1, completed, end, begin 2, completed, end, begin 3, completed, end");
}

TEST_F(MessageExecutions, FailsTheStatementOfAMessageThatFailed) {
  statements({1, 2, 3});
  send();
  complete();
  fail();
  idle();
  EXPECT_EQ(story(), "begin 1, completed, end, begin 2, failed, end");
}

TEST_F(MessageExecutions, FailsAMessageAsAWholeWhoseSyntaxIsWrong) {
  sqlstate_ = 4u | 2u << 6 | 6u << 12 | 0u << 18 | 1u << 24;
  statements({1, 2});
  send();
  fail();
  EXPECT_EQ(out_.arguments.front(), ArgumentValues{std::uint64_t{99}});
  EXPECT_EQ(story(), "begin 1, of-text, failed, end");
  idle();
  report(1);
  fail();
  EXPECT_EQ(story(), "begin 1, failed, end");
}

TEST_F(MessageExecutions, TellsOfTheWholeMessageWhereErrorsAreNotKnown) {
  context_.known.errors = false;
  statements({1, 2});
  send();
  idle();
  EXPECT_EQ(story(), "begin 1, of-text, end");
  send();
  complete();
  idle();
  EXPECT_EQ(story(), "begin 1, completed, end, begin 2, end");
}

TEST_F(MessageExecutions, FailsTheFirstStatementOfAMessageAlone) {
  sqlstate_ = 5u | 0u << 6 | 0u << 12 | 0u << 18 | 1u << 24;
  statements({1, 2});
  send();
  fail();
  EXPECT_EQ(story(), "begin 1, failed, end");
  sqlstate_ = 0;
  statements({1, 2});
  send();
  runs_at(1);
  fail();
  EXPECT_EQ(story(), "begin 1, failed, end");
}

TEST_F(MessageExecutions, CountsMoreCompletionsThanTheTextWasTakenApartInto) {
  report(1);
  complete();
  complete();
  idle();
  EXPECT_EQ(story(), "begin 1, completed, end, begin 1, completed, end");
}

TEST_F(MessageExecutions, ForgetsAMessageWhenTheServerIsIdle) {
  report(1);
  complete();
  idle();
  complete();
  EXPECT_EQ(story(), "begin 1, completed, end");
}

TEST_F(MessageExecutions, BelievesNothingOfAMessageWhenAReportWasLost) {
  report(1);
  complete();
  lose_a_report();
  complete();
  EXPECT_EQ(story(), "begin 1, completed, end");
}

TEST_F(MessageExecutions, HaveEachTheSessionOfItsTimeInOneMessage) {
  statements({1, 2});
  works_as(std::nullopt);
  send();
  works_as(Session{"web", "", ""});
  complete();
  EXPECT_EQ(story(), "begin 1, completed, end, begin 2, session");
}

}  // namespace
}  // namespace pgrec

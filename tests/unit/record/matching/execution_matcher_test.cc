// Covers record/matching/execution_matcher.h: what a server reports of its queries, turned into
// executions and what became of them.
#include "record/matching/execution_matcher.h"

#include "tests/unit/record/matching/execution_matcher_test.h"

namespace pgrec {
namespace {

TEST_F(ExecutionMatcherTest, EndsASimpleStatementWhenItCompletes) {
  report(1);
  complete();
  idle();
  EXPECT_EQ(story(), "begin 1, completed, end");
  EXPECT_TRUE(matcher_.idle());
}

TEST_F(ExecutionMatcherTest, EndsAnExtendedStatementWhenTheServerIsIdle) {
  report(1);
  complete_in_pipeline();
  EXPECT_EQ(story(), "begin 1, completed");
  idle();
  EXPECT_EQ(story(), "end");
}

TEST_F(ExecutionMatcherTest, EndsAnExtendedStatementWithTheNextOfThePipeline) {
  report(1);
  complete_in_pipeline();
  report(1);
  complete_in_pipeline();
  idle();
  EXPECT_EQ(story(), "begin 1, completed, end, begin 1, completed, end");
}

TEST_F(ExecutionMatcherTest, TakesAParseWithoutAnExecuteForNoExecution) {
  report(1);
  idle();
  EXPECT_EQ(story(), "begin 1, not-run, end");
}

TEST_F(ExecutionMatcherTest, LeavesOpenWhatBecameOfItWhereErrorsAreNotKnown) {
  context_.known.errors = false;
  report(1);
  idle();
  EXPECT_EQ(story(), "begin 1, end");
}

TEST_F(ExecutionMatcherTest, TellsOfErrorsInExecutionsAndOutside) {
  report_error();
  report(1);
  report_error();
  EXPECT_EQ(arguments(),
            (ArgumentValues{std::string("ERROR"), std::string("22012"), std::string("why")}));
  fail();
  idle();
  EXPECT_EQ(story(), "error, begin 1, error, failed, end");
}

// A timeout that strikes while the completion is sent.
TEST_F(ExecutionMatcherTest, TakesAnErrorBehindTheLastCompletionForNoExecution) {
  report(1);
  runs_at(0);
  complete();
  runs_never();
  report_error();
  fail();
  idle();
  EXPECT_EQ(story(), "begin 1, completed, end, error");
}

TEST_F(ExecutionMatcherTest, TakesAnErrorOfNoStatementBehindACompletionForNoExecution) {
  report(1);
  complete_in_pipeline();
  report_error(false);
  idle();
  EXPECT_EQ(story(), "begin 1, completed, end, error");
}

TEST_F(ExecutionMatcherTest, LetsAnErrorAtTheTransactionsEndHaveTheLastWord) {
  report(1);
  complete_in_pipeline();
  fail();
  idle();
  EXPECT_EQ(story(), "begin 1, completed, failed, end");
}

// The client may wait for long before its Sync.
TEST_F(ExecutionMatcherTest, EndsWithItsError) {
  report(1);
  fail();
  EXPECT_EQ(story(), "begin 1, failed, end");
  report_error();
  fail();
  idle();
  EXPECT_EQ(story(), "error");
}

TEST_F(ExecutionMatcherTest, TellsOfAPortalThatGaveSomeOfItsRows) {
  report(1);
  suspend(5);
  EXPECT_EQ(arguments().back(), Argument(std::uint64_t{5}));
  idle();
  EXPECT_EQ(story(), "begin 1, suspended, end");
}

TEST_F(ExecutionMatcherTest, EndsWhatAProcessWithoutAClientRunsWithItsNextReport) {
  statements({1});
  send(false);
  send(false);
  idle();
  EXPECT_EQ(story(), "begin 1, end, begin 1, end");
}

TEST_F(ExecutionMatcherTest, TellsForWhomAParallelWorkerWorks) {
  leader_ = 12;
  statements({1});
  send(false);
  EXPECT_EQ(story(), "begin 1, of-leader");
  EXPECT_EQ(arguments(), ArgumentValues{std::uint64_t{12}});
}

TEST_F(ExecutionMatcherTest, EndsWhatRunsWithAProcessThatFails) {
  report(1);
  thread_ends(WIRE_END_RUNNING | WIRE_END_FAILED | WIRE_END_CRASHED);
  EXPECT_EQ(story(), "begin 1, process-ended, end");
  EXPECT_TRUE(matcher_.idle());
}

// Its client is gone, or it streams to a replica that is.
TEST_F(ExecutionMatcherTest, TakesNoProcessThatEndsInOrderForAnError) {
  report(1);
  thread_ends(WIRE_END_RUNNING);
  EXPECT_EQ(story(), "begin 1, end");
}

TEST_F(ExecutionMatcherTest, TakesAParseBeforeTheEndOfItsProcessForNoExecution) {
  report(1);
  thread_ends(0);
  EXPECT_EQ(story(), "begin 1, not-run, end");
}

// The postmaster takes an exit with 1 for one in order.
TEST_F(ExecutionMatcherTest, EndsAWorkerWithItsThread) {
  statements({1});
  send(false);
  thread_ends(0);
  EXPECT_EQ(story(), "begin 1, end");
  send(false);
  thread_ends(WIRE_END_FAILED);
  EXPECT_EQ(story(), "begin 1, end");
}

TEST_F(ExecutionMatcherTest, FailsWhatAWorkerRanThatCrashed) {
  statements({1});
  send(false);
  thread_ends(WIRE_END_FAILED | WIRE_END_CRASHED);
  EXPECT_EQ(story(), "begin 1, process-ended, end");
}

TEST_F(ExecutionMatcherTest, BelievesAnErrorThatEndedTheProcess) {
  report(1);
  fail();
  thread_ends(WIRE_END_RUNNING | WIRE_END_FAILED);
  EXPECT_EQ(story(), "begin 1, failed, end");
}

TEST_F(ExecutionMatcherTest, TellsOfIdleTransactions) {
  idle_in_transaction(false);
  EXPECT_EQ(story(), "idle-in-transaction");
  EXPECT_EQ(arguments(), (ArgumentValues{std::uint64_t{0}, std::uint64_t{0}}));
  idle_in_transaction(true);
  EXPECT_EQ(arguments(), (ArgumentValues{std::uint64_t{1}, std::uint64_t{0}}));
}

TEST_F(ExecutionMatcherTest, TellsOfATransactionThatWasIdleBeforeTheTrace) {
  Hit made = hit(WIRE_IDLE);  // at 10 ns
  made.in_transaction = true;
  made.query->running_ns = 700;
  matcher_.idle(made, now_, 0, context_, out_);
  EXPECT_EQ(arguments(), (ArgumentValues{std::uint64_t{0}, std::uint64_t{700}}));
  EXPECT_FALSE(matcher_.idle());
  report(1);
  complete();
  idle();
  EXPECT_TRUE(matcher_.idle());
}

// In another part it has been idle since before.
TEST_F(ExecutionMatcherTest, TellsOfAnIdleTransactionAgainInAnotherPart) {
  idle_in_transaction(true);  // at 10 ns
  story();
  context_.begin_ns = kBegin + 1000;
  matcher_.begin_again(kThread, Timestamp{}, context_, out_);
  EXPECT_EQ(story(), "idle-in-transaction");
  EXPECT_EQ(arguments(), (ArgumentValues{std::uint64_t{1}, std::uint64_t{990}}));
}

TEST_F(ExecutionMatcherTest, BelievesNothingOfAnIdleTransactionWhenAReportWasLost) {
  idle_in_transaction(false);
  story();
  lose_a_report();
  matcher_.begin_again(kThread, Timestamp{}, context_, out_);
  EXPECT_EQ(story(), "");
}

TEST_F(ExecutionMatcherTest, TellsWhatWasCounted) {
  report(1);  // at 10 ns
  runs_at(14);
  complete(42);
  EXPECT_EQ(arguments(), (ArgumentValues{std::uint64_t{99}, std::uint64_t{4}, std::uint64_t{42}}));
}

TEST_F(ExecutionMatcherTest, GivesEachCounterToTheArgumentOfItsMeasure) {
  context_.known = {true, true, true, true};
  report(1);
  Hit made = hit(WIRE_COMPLETED);
  for (std::uint64_t i = 0; i < WIRE_USAGES; ++i)
    made.query->done.usage[i] = 100 + i;
  matcher_.done(made, kThread, now_, 0, context_, out_);
  const ArgumentValues found = arguments();
  const std::vector<ArgumentType> types = execution_classes(context_.known).front().arguments;
  ASSERT_EQ(found.size(), types.size());
  for (const Measure& measure : kMeasures) {
    if (!is_counted(measure)) continue;
    const auto type = std::find_if(types.begin(), types.end(), [&](const ArgumentType& one) {
      return one.name == measure.name;
    });
    ASSERT_NE(type, types.end()) << measure.name;
    EXPECT_EQ(found.at(static_cast<std::size_t>(type - types.begin())),
              Argument(std::uint64_t{100} + measure.counter))
        << measure.name;
  }
}

TEST_F(ExecutionMatcherTest, TellsTheTimeToTheErrorOfWhatNeverRan) {
  report(1);  // at 10 ns
  fail();     // at 20 ns
  EXPECT_EQ(arguments(), (ArgumentValues{std::uint64_t{99}, std::uint64_t{10}, std::string()}));
}

TEST_F(ExecutionMatcherTest, UnpacksTheSqlstate) {
  report(1);
  sqlstate_ = 2u | 3u << 6 | 5u << 12 | 0u << 18 | 5u << 24;
  fail();
  EXPECT_EQ(arguments().back(), Argument(std::string("23505")));
}

TEST_F(ExecutionMatcherTest, BelievesNothingOfWhatRanWhenAReportWasLost) {
  report(1);
  lose_a_report();
  complete();
  EXPECT_EQ(story(), "begin 1, lost");
}

TEST_F(ExecutionMatcherTest, TellsThatItRanBeforeTheTraceBegan) {
  statements({1});
  Hit made = hit(WIRE_BEGIN);
  made.query->running_ns = 1'000'000;
  begin(made);
  EXPECT_EQ(story(), "begin 1, running");
  EXPECT_EQ(arguments(), ArgumentValues{std::uint64_t{1'000'000}});
}

TEST_F(ExecutionMatcherTest, BeginsWhatRunsAgainInAnotherPart) {
  statements({1, 2});
  send();
  complete();
  story();
  matcher_.begin_again(kThread, Timestamp{}, context_, out_);
  EXPECT_EQ(story(), "begin 2");
}

TEST_F(ExecutionMatcherTest, SayTheirSessionWhereItIsAnother) {
  works_as(std::nullopt);
  report(1);
  complete();
  EXPECT_EQ(story(), "begin 1, completed, end");
  works_as(Session{"web", "app", "postgres"});
  report(2);
  EXPECT_EQ(story(), "begin 2, session");
  EXPECT_EQ(arguments(),
            (ArgumentValues{std::string("web"), std::string("app"), std::string("postgres")}));
}

}  // namespace
}  // namespace pgrec

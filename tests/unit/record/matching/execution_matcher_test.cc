// Covers record/matching/execution_matcher.h: what a server reports of its queries, turned into
// executions and what became of them.
#include "record/matching/execution_matcher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace pgrec {
namespace {

constexpr std::uint64_t kBegin = 5000;
constexpr ThreadKey kThread{7, 7};

// Makes the reports of one thread, 10 ns apart, and tells the events they became.
class ExecutionMatcherTest : public testing::Test {
 protected:
  ExecutionMatcherTest() {
    context_.begin_ns = kBegin;
    context_.known = {true, false, false, true};
    context_.text_of = [this](const QueryHit& /*query*/, const ThreadKey& /*thread*/) {
      return std::make_shared<QueryText>(message_);
    };
    context_.text_id = [](const Text& text) { return text.id; };
    context_.leader_of = [this](std::uint32_t /*pid*/) { return leader_; };
  }

  // The next query has these statements, each of which is told by its text's id.
  void statements(std::initializer_list<std::uint32_t> ids) {
    message_ = {};
    for (const std::uint32_t id : ids)
      message_.statements.emplace_back().id = TextId{id};
    if (ids.size() > 1) message_.message.emplace().id = TextId{99};
  }
  Hit hit(wire_kind kind) {
    Hit made;
    made.kind = kind;
    made.query = std::make_unique<QueryHit>();
    now_ += Duration(10);
    return made;
  }
  void send(bool client = true) {
    Hit made = hit(WIRE_BEGIN);
    made.query->client = client;
    begin(made);
  }
  void begin(const Hit& made) {
    matcher_.begin(made, kThread, now_, lost_reports_, context_, out_);
  }
  void report(std::uint32_t id) {
    statements({id});
    send();
  }
  // In the simple protocol.
  void complete(std::uint64_t rows = 0) { done(WIRE_COMPLETED, rows, false); }
  // In the extended one.
  void complete_in_pipeline(std::uint64_t rows = 0) { done(WIRE_COMPLETED, rows, true); }
  void done(wire_kind kind, std::uint64_t rows, bool in_pipeline) {
    Hit made = hit(kind);
    made.query->done.rows = rows;
    made.query->done.ran_ns = ran_ns_;
    made.query->done.query_id = 99;
    made.query->done.sqlstate = sqlstate_;
    made.query->in_pipeline = in_pipeline;
    matcher_.done(made, kThread, now_, lost_reports_, context_, out_);
  }
  void fail() { done(WIRE_FAILED, 0, false); }
  void suspend(std::uint64_t rows = 0) { done(WIRE_SUSPENDED, rows, false); }
  void idle() { matcher_.idle(hit(WIRE_IDLE), now_, lost_reports_, context_, out_); }
  void thread_ends(std::uint8_t flags) { matcher_.thread_ended(flags, now_, context_, out_); }
  void idle_in_transaction(bool failed) {
    Hit made = hit(WIRE_IDLE);
    made.in_transaction = true;
    made.in_failed_transaction = failed;
    made.query.reset();
    matcher_.idle(made, now_, lost_reports_, context_, out_);
  }
  // From now on the process's session is another than its trace says, or it is not.
  void works_as(std::optional<Session> session) {
    context_.other_session = [session](std::uint32_t pid, std::uint64_t at_ns) {
      EXPECT_EQ(pid, kThread.pid);
      EXPECT_GE(at_ns, kBegin);
      return session;
    };
  }
  void runs_at(std::uint64_t ns) { ran_ns_ = kBegin + ns; }
  void lose_a_report() { matcher_.doubt(++lost_reports_, now_, out_); }

  // "begin 1, completed, end": the events since the last call.
  std::string story() {
    std::string all;
    for (const Event& event : out_.events)
      all += (all.empty() ? "" : ", ") + word(event);
    out_.events.clear();
    return all;
  }
  ArgumentValues arguments() { return out_.arguments.back(); }

  QueryText message_;
  std::optional<std::uint32_t> leader_;
  std::uint32_t sqlstate_ = 0;
  QueryContext context_;
  ExecutionMatcher matcher_;
  MatchedEvents out_;
  Timestamp now_{};

 private:
  static std::string word(const Event& event) {
    switch (event.kind) {
      case EventKind::kExecutionBegin:
        return "begin " + std::to_string(value(event.text));
      case EventKind::kExecutionEnd:
        return "end";
      case EventKind::kExecutionLost:
        return "lost";
      default:
        break;
    }
    for (const EventClass& one : execution_classes({})) {
      if (one.id == event.event_class) return one.name.substr(one.name.find('.') + 1);
    }
    return "?";
  }

  std::uint64_t ran_ns_ = 0;
  std::uint64_t lost_reports_ = 0;
};

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

TEST_F(ExecutionMatcherTest, BeginsTheStatementsOfAMessageOneAfterTheOther) {
  statements({1, 2, 3});
  send();
  for (int i = 0; i < 3; ++i)
    complete();
  idle();
  EXPECT_EQ(story(), "begin 1, completed, end, begin 2, completed, end, begin 3, completed, end");
}

TEST_F(ExecutionMatcherTest, FailsTheStatementOfAMessageThatFailed) {
  statements({1, 2, 3});
  send();
  complete();
  fail();
  idle();
  EXPECT_EQ(story(), "begin 1, completed, end, begin 2, failed, end");
}

TEST_F(ExecutionMatcherTest, FailsAMessageAsAWholeWhoseSyntaxIsWrong) {
  sqlstate_ = 4u | 2u << 6 | 6u << 12 | 0u << 18 | 1u << 24;
  statements({1, 2});
  send();
  fail();
  EXPECT_EQ(out_.arguments.front(), ArgumentValues{std::uint64_t{99}});
  EXPECT_EQ(story(), "begin 1, of-text, failed");
  idle();
  report(1);
  fail();
  EXPECT_EQ(story(), "end, begin 1, failed");
}

TEST_F(ExecutionMatcherTest, TellsOfTheWholeMessageWhereErrorsAreNotKnown) {
  context_.known.sqlstates = false;
  statements({1, 2});
  send();
  idle();
  EXPECT_EQ(story(), "begin 1, of-text, end");
  send();
  complete();
  idle();
  EXPECT_EQ(story(), "begin 1, completed, end, begin 2, end");
}

TEST_F(ExecutionMatcherTest, FailsTheFirstStatementOfAMessageAlone) {
  sqlstate_ = 5u | 0u << 6 | 0u << 12 | 0u << 18 | 1u << 24;
  statements({1, 2});
  send();
  fail();
  EXPECT_EQ(story(), "begin 1, failed");
  sqlstate_ = 0;
  statements({1, 2});
  send();
  runs_at(1);
  fail();
  EXPECT_EQ(story(), "end, begin 1, failed");
}

TEST_F(ExecutionMatcherTest, CountsMoreCompletionsThanTheTextWasTakenApartInto) {
  report(1);
  complete();
  complete();
  idle();
  EXPECT_EQ(story(), "begin 1, completed, end, begin 1, completed, end");
}

TEST_F(ExecutionMatcherTest, ForgetsAMessageWhenTheServerIsIdle) {
  report(1);
  complete();
  idle();
  complete();
  EXPECT_EQ(story(), "begin 1, completed, end");
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

TEST_F(ExecutionMatcherTest, LetsAnErrorAtTheTransactionsEndHaveTheLastWord) {
  report(1);
  complete_in_pipeline();
  fail();
  idle();
  EXPECT_EQ(story(), "begin 1, completed, failed, end");
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

TEST_F(ExecutionMatcherTest, BelievesNothingOfAMessageWhenAReportWasLost) {
  report(1);
  complete();
  lose_a_report();
  complete();
  EXPECT_EQ(story(), "begin 1, completed, end");
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

TEST_F(ExecutionMatcherTest, HaveEachTheSessionOfItsTimeInOneMessage) {
  statements({1, 2});
  works_as(std::nullopt);
  send();
  works_as(Session{"web", "", ""});
  complete();
  EXPECT_EQ(story(), "begin 1, completed, end, begin 2, session");
}

}  // namespace
}  // namespace pgrec

// Covers analyze/calls/execution_facts.h: what events of the known classes tell, also where a trace
// describes them otherwise than pgrec does.
#include "analyze/calls/execution_facts.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

using Kind = ArgumentType::Kind;

class ExecutionFactsTest : public testing::Test {
 protected:
  // What an event of a class with this name and these arguments tells.
  ExecutionFacts told(std::string_view name, std::vector<ArgumentType> types,
                      const ArgumentValues& arguments) {
    const std::vector<EventClass> classes = {
        {ClassId{9}, EventClass::Subject::kExecution, std::string(name), std::move(types)}};
    ExecutionFacts facts;
    ExecutionFactReader(classes).add(event_, arguments, facts);
    return facts;
  }
  static ArgumentType type(std::string_view name, Kind kind = Kind::kUnsigned) {
    return {std::string(name), kind, ""};
  }
  Event event_{EventKind::kOfClass, {}, {}, from_ns(500), ClassId{9}};
};

TEST_F(ExecutionFactsTest, TakeEveryArgumentOfACompletion) {
  KnownOfExecutions all{true, true, true, true};
  const auto classes = execution_classes(all);
  ArgumentValues arguments;
  for (std::uint64_t i = 0; i < 12; ++i)
    arguments.emplace_back(100 + i);
  ExecutionFacts facts;
  Event event{EventKind::kOfClass, {}, {}, from_ns(500), id_of(ExecutionClass::kCompleted)};
  ExecutionFactReader(classes).add(event, arguments, facts);
  ExecutionFacts expected;
  expected.end = ExecutionFacts::End::kCompleted;
  expected.reported = from_ns(500);
  expected.query_id = 100;
  expected.prepare_ns = 101;
  expected.measures = {111, 102, 103, 104, 105, 106, 107, 108, 109, 110};
  EXPECT_EQ(facts, expected);
}

TEST_F(ExecutionFactsTest, AreOfAnErrorWithoutASqlstateWhereTheProcessEnded) {
  ExecutionFacts expected;
  expected.end = ExecutionFacts::End::kFailed;
  EXPECT_EQ(told("execution.process-ended", {}, {}), expected);
}

// One that is suspended has given some.
TEST_F(ExecutionFactsTest, AreOfRowsThatNobodyCountedOnlyWhereItCompleted) {
  const ArgumentValues none = {std::uint64_t{0}};
  EXPECT_EQ(told("execution.completed", {type("rows")}, none).measures[0], 0);
  EXPECT_EQ(told("execution.suspended", {type("rows")}, none).measures[0], std::nullopt);
  EXPECT_EQ(told("execution.suspended", {type("rows")}, {std::uint64_t{3}}).measures[0], 3);
}

// Classes of which each has other arguments.
class ExecutionFactsOfSeveral : public ExecutionFactsTest {
 protected:
  enum : std::uint32_t { kCompleted, kFailed, kProcessEnded, kNotRun, kMeasuredFailure };
  void tell(std::int64_t ns, std::uint32_t one, const ArgumentValues& arguments) {
    reader_.add({EventKind::kOfClass, {}, {}, from_ns(ns), ClassId{one}}, arguments, facts_);
  }
  void complete(std::int64_t ns, std::uint64_t rows) {
    tell(ns, kCompleted, {std::uint64_t{8}, std::uint64_t{30}, rows});
  }
  ExecutionFactReader reader_{std::vector<EventClass>{
      {ClassId{kCompleted},
       {},
       "execution.completed",
       {type("query_id"), type("prepare_ns"), type("rows")}},
      {ClassId{kFailed}, {}, "execution.failed", {type("sqlstate", Kind::kString)}},
      {ClassId{kProcessEnded}, {}, "execution.process-ended", {}},
      {ClassId{kNotRun}, {}, "execution.not-run", {}},
      {ClassId{kMeasuredFailure},
       {},
       "execution.failed",
       {type("query_id"), type("prepare_ns"), type("sqlstate", Kind::kString)}}}};
  ExecutionFacts facts_;
};

TEST_F(ExecutionFactsOfSeveral, KeepWhatTheLastDoesNotSay) {
  complete(500, 4);
  tell(900, kFailed, {std::string("23505")});
  EXPECT_EQ(facts_.end, ExecutionFacts::End::kFailed);
  EXPECT_EQ(facts_.sqlstate, "23505");
  EXPECT_EQ(facts_.query_id, 8);
  EXPECT_EQ(facts_.prepare_ns, 30);
  EXPECT_EQ(facts_.reported, from_ns(500));
  EXPECT_EQ(facts_.measures[0], 4);
}

TEST_F(ExecutionFactsOfSeveral, TakeWhatTheLastSays) {
  complete(500, 4);
  tell(900, kMeasuredFailure, {std::uint64_t{0}, std::uint64_t{31}, std::string("23505")});
  EXPECT_EQ(facts_.query_id, 8);
  EXPECT_EQ(facts_.prepare_ns, 31);
  EXPECT_EQ(facts_.reported, from_ns(900));
}

TEST_F(ExecutionFactsOfSeveral, HaveTheSqlstateOfTheLastOnly) {
  tell(500, kFailed, {std::string("23505")});
  tell(600, kProcessEnded, {});
  EXPECT_EQ(facts_.end, ExecutionFacts::End::kFailed);
  EXPECT_EQ(facts_.sqlstate, std::nullopt);
  tell(700, kFailed, {std::string("23505")});
  complete(800, 1);
  EXPECT_EQ(facts_.end, ExecutionFacts::End::kCompleted);
  EXPECT_EQ(facts_.sqlstate, std::nullopt);
}

TEST_F(ExecutionFactsOfSeveral, ArePreparationsWhereThatIsTheLast) {
  tell(500, kNotRun, {});
  complete(600, 1);
  EXPECT_EQ(facts_.kind, ExecutionFacts::Kind::kRun);
  tell(700, kNotRun, {});
  EXPECT_EQ(facts_.kind, ExecutionFacts::Kind::kPreparation);
}

TEST_F(ExecutionFactsTest, ShowAQueryIdAsPostgresDoes) {
  const auto id = [&](std::uint64_t number) {
    return told("execution.completed", {type("query_id")}, {number}).query_id;
  };
  EXPECT_EQ(id(UINT64_MAX), -1);
  EXPECT_EQ(id(7), 7);
  EXPECT_EQ(id(0), std::nullopt);
}

TEST_F(ExecutionFactsTest, TakeASqlstateOfFiveCharacters) {
  const auto state = [&](const std::string& text) {
    return told("execution.failed", {type("sqlstate", Kind::kString)}, {text}).sqlstate;
  };
  EXPECT_EQ(state("22P02"), "22P02");
  for (const char* other : {"", "22P0", "22P022", "22p02", "22'02"})
    EXPECT_EQ(state(other), std::nullopt) << other;
}

TEST_F(ExecutionFactsTest, AreWorkersAndPreparations) {
  EXPECT_EQ(told("execution.not-run", {}, {}).kind, ExecutionFacts::Kind::kPreparation);
  const ExecutionFacts worker =
      told("execution.of-leader", {type("leader_pid")}, {std::uint64_t{4711}});
  EXPECT_EQ(worker.kind, ExecutionFacts::Kind::kWorkerRun);
  EXPECT_EQ(worker.leader_pid, 4711);
}

TEST_F(ExecutionFactsTest, DoNotKnowALeaderOrATimeOf0) {
  EXPECT_EQ(told("execution.of-leader", {type("leader_pid")}, {std::uint64_t{0}}).leader_pid,
            std::nullopt);
  EXPECT_EQ(told("execution.running", {type("running_ns")}, {std::uint64_t{0}}).running_ns,
            std::nullopt);
  EXPECT_EQ(told("execution.running", {type("running_ns")}, {std::uint64_t{9}}).running_ns, 9);
}

TEST_F(ExecutionFactsTest, HaveNoArgumentThatIsNotDescribed) {
  const ExecutionFacts facts = told("execution.completed", {}, {});
  EXPECT_EQ(facts.end, ExecutionFacts::End::kCompleted);
  EXPECT_EQ(facts.prepare_ns, std::nullopt);
  EXPECT_EQ(facts.measures, ExecutionFacts{}.measures);
}

TEST_F(ExecutionFactsTest, HaveNoArgumentThatCouldNotBeRead) {
  EXPECT_EQ(
      told("execution.completed", {type("rows"), type("prepare_ns")}, {Argument{}, Argument{}})
          .measures[0],
      std::nullopt);
  EXPECT_EQ(told("execution.completed", {type("prepare_ns"), type("rows")}, {std::uint64_t{1}})
                .measures[0],
            std::nullopt);
}

TEST_F(ExecutionFactsTest, HaveNoArgumentOfAnotherKind) {
  const ExecutionFacts facts = told("execution.failed",
                                    {type("rows", Kind::kString), type("query_id", Kind::kSigned),
                                     type("prepare_ns", Kind::kReal), type("sqlstate")},
                                    {std::string("7"), std::int64_t{7}, 7.0, std::uint64_t{7}});
  ExecutionFacts expected;
  expected.end = ExecutionFacts::End::kFailed;
  EXPECT_EQ(facts, expected);
}

TEST_F(ExecutionFactsTest, TakeTheFirstOfTwoArgumentsWithOneName) {
  EXPECT_EQ(told("execution.completed", {type("rows"), type("rows")},
                 {std::uint64_t{1}, std::uint64_t{2}})
                .measures[0],
            1);
}

TEST_F(ExecutionFactsTest, HaveNoNumberThatCannotBe) {
  for (const std::uint64_t number : {(std::uint64_t{1} << 48) + 1, UINT64_MAX})
    EXPECT_EQ(told("execution.completed", {type("rows")}, {number}).measures[0], std::nullopt);
}

TEST_F(ExecutionFactsTest, AreNotToldByOtherClasses) {
  EXPECT_EQ(told("execution.complete", {type("rows")}, {std::uint64_t{1}}), ExecutionFacts{});
  const ExecutionFactReader reader({{ClassId{1}, {}, "idle-in-transaction", {type("aborted")}},
                                    {ClassId{1}, {}, "execution.completed", {}}});
  EXPECT_TRUE(reader.is_idle_in_transaction(ClassId{1}));
  EXPECT_FALSE(reader.tells_of_executions(ClassId{1}));
  EXPECT_FALSE(reader.tells_of_executions(ClassId{2}));
}

TEST_F(ExecutionFactsTest, SayWhetherATransactionHasFailed) {
  const ExecutionFactReader reader({{ClassId{1}, {}, "idle-in-transaction", {type("aborted")}},
                                    {ClassId{2}, {}, "idle-in-transaction", {}}});
  EXPECT_EQ(reader.idle_facts(ClassId{1}, {std::uint64_t{1}}).aborted, true);
  EXPECT_EQ(reader.idle_facts(ClassId{1}, {std::uint64_t{0}}).aborted, false);
  EXPECT_EQ(reader.idle_facts(ClassId{1}, {}).aborted, std::nullopt);
  EXPECT_EQ(reader.idle_facts(ClassId{2}, {}).aborted, std::nullopt);
}

}  // namespace
}  // namespace pgrec

// Covers analyze/calls/call_split.h and analyze/calls/group_sums.h: of which process and which
// execution calls are, and what there is for people to say of it.
#include "analyze/calls/call_split.h"

#include <gtest/gtest.h>

#include <map>

#include "analyze/calls/call_sums.h"
#include "analyze/calls/group_sums.h"
#include "analyze/calls/set_texts.h"
#include "tests/unit/append_event.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using Kind = ArgumentType::Kind;
// Calls by what is shown of their value.
using Calls = std::map<std::string, std::uint64_t>;

class CallSplitTest : public testing::Test {
 protected:
  static constexpr std::uint32_t kCompleted = 0, kFailed = 1, kOfLeader = 2;
  CallSplitTest() {
    writer_.write(std::vector<Function>{{FunctionId{0}, Function::Role::kCalls, "f", "/p", "", 1}});
    writer_.write(std::vector<EventClass>{
        {ClassId{kCompleted}, {}, "execution.completed", {{"rows", Kind::kUnsigned, ""}}},
        {ClassId{kFailed}, {}, "execution.failed", {{"sqlstate", Kind::kString, ""}}},
        {ClassId{kOfLeader}, {}, "execution.of-leader", {{"leader_pid", Kind::kUnsigned, ""}}}});
  }
  void event(std::uint32_t pid, const Event& event) {
    writer_.append({pid, pid}, std::span(&event, 1));
  }
  void begin(std::uint32_t pid, std::int64_t ns, const std::string& text) {
    event(pid, {EventKind::kExecutionBegin,
                {},
                writer_.text_id(Text{{}, false, false, text}),
                from_ns(ns),
                {}});
  }
  void end(std::uint32_t pid, std::int64_t ns) {
    event(pid, {EventKind::kExecutionEnd, {}, {}, from_ns(ns), {}});
  }
  void tell(std::uint32_t pid, std::int64_t ns, std::uint32_t one, ArgumentValues arguments) {
    test::append(writer_, {pid, pid}, {EventKind::kOfClass, {}, {}, from_ns(ns), ClassId{one}},
                 std::move(arguments));
  }
  void calls(std::uint32_t pid, std::int64_t ns, int count) {
    for (int i = 0; i < count; ++i) {
      event(pid, {EventKind::kEnter, FunctionId{0}, {}, from_ns(ns + i), {}});
      event(pid, {EventKind::kReturned, {}, {}, from_ns(ns + i), {}});
    }
  }
  // Two processes and a worker of the first, in two statements, one of which fails.
  void write() {
    writer_.write(std::vector<Process>{
        {7, "postgres: alice shop [local] SELECT", "psql", from_ns(0), std::nullopt},
        {8, "postgres: parallel worker for PID 7 ", "", from_ns(0), std::nullopt},
        {9, "postgres: bob store [local] idle", "", from_ns(0), from_ns(1'000'000'000)},
        {9, "postgres: checkpointer ", "", from_ns(2'000'000'000), std::nullopt}});
    calls(7, 10, 1);
    begin(7, 100, "SELECT a WHERE b = 1");
    calls(7, 110, 2);
    begin(8, 120, "SELECT a WHERE b = 1");
    tell(8, 120, kOfLeader, {std::uint64_t{7}});
    calls(8, 130, 4);
    end(8, 140);
    writer_.cut();
    calls(7, 150, 8);
    tell(7, 190, kCompleted, {std::uint64_t{1}});
    end(7, 200);
    begin(9, 300, "SELECT c");
    calls(9, 310, 16);
    tell(9, 390, kFailed, {std::string("22012")});
    end(9, 400);
    calls(9, 3'000'000'000, 32);
    writer_.close(from_ns(4'000'000'000));
  }
  Calls split(SplitBy by, unsigned threads = 1) {
    TraceSet set(file_.reader());
    const PassOptions options{threads};
    const SetTexts texts(set);
    const StatementTable statements(texts, statements_seen(set, texts, options));
    CallSplit split(set, by, &statements, options);
    const GroupSums sums = sum_calls(set, {}, GroupSums(split), options);
    Calls found;
    for (const auto& [group, calls] : sums.groups()) {
      const SplitValue value = split.value_of(group.split);
      EXPECT_EQ(calls.calls, calls.returned());
      found[value.shown + " (" + value.key + ")"] += calls.calls;
    }
    return found;
  }

  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
};

TEST_F(CallSplitTest, IsByNothing) {
  write();
  EXPECT_EQ(split(SplitBy::kNothing), (Calls{{" ()", 63}}));
}

TEST_F(CallSplitTest, IsByProcess) {
  write();
  const Calls expected = {{"pid 7, client backend (7)", 11},
                          {"pid 8, parallel worker (8)", 4},
                          {"pid 9, client backend (9)", 16},
                          {"pid 9, checkpointer (9)", 32}};
  EXPECT_EQ(split(SplitBy::kPid), expected);
  EXPECT_EQ(split(SplitBy::kPid, 3), expected);
}

// The kernel tells when a process started to a hundredth of a second.
TEST_F(CallSplitTest, TellsProcessesApartThatFollowEachOtherAtOnce) {
  writer_.write(std::vector<Process>{
      {7, "postgres: alice shop [local] idle", "", from_ns(50'000), from_ns(1'000'000)},
      {7, "postgres: checkpointer ", "", from_ns(4'000'000), std::nullopt}});
  calls(7, 60'000, 1);
  calls(7, 5'000'000, 2);
  writer_.close(from_ns(9'000'000));
  EXPECT_EQ(split(SplitBy::kPid),
            (Calls{{"pid 7, client backend (7)", 1}, {"pid 7, checkpointer (7)", 2}}));
}

TEST_F(CallSplitTest, IsByStatementAndGivesCallsOfWorkersToThatOfTheirLeader) {
  write();
  const Calls expected = {{"outside executions ()", 33},
                          {"statement 1, SELECT a WHERE b = $1 (SELECT a WHERE b = $1)", 14},
                          {"statement 2, SELECT c (SELECT c)", 16}};
  EXPECT_EQ(split(SplitBy::kQuery), expected);
  EXPECT_EQ(split(SplitBy::kQuery, 3), expected);
}

TEST_F(CallSplitTest, IsByDatabaseApplicationAndOutcome) {
  write();
  EXPECT_EQ(split(SplitBy::kDatabase), (Calls{{"outside executions ()", 33},
                                              {"database shop (shop)", 14},
                                              {"database store (store)", 16}}));
  EXPECT_EQ(split(SplitBy::kApplication), (Calls{{"outside executions ()", 33},
                                                 {"application psql (psql)", 14},
                                                 {"no application ()", 16}}));
  EXPECT_EQ(split(SplitBy::kOutcome), (Calls{{"outside executions ()", 33},
                                             {"outcome completed (completed)", 14},
                                             {"outcome error (error)", 16}}));
}

TEST_F(CallSplitTest, HasItsValuesInOrderWhoeverMetThemFirst) {
  write();
  TraceSet set(file_.reader());
  CallSplit split(set, SplitBy::kPid, nullptr, {});
  SplitCursor cursor(split);
  TraceSet::File& file = set.files().front();
  for (const std::uint32_t pid : {40u, 8u, 7u, 8u}) {
    cursor.process(file, {pid, pid});
    EXPECT_TRUE(cursor.is_fixed());
    cursor.at({}, kNoExecution);
  }
  ASSERT_EQ(split.size(), 3u);
  EXPECT_EQ(split.in_order(), (std::vector<std::uint32_t>{2, 1, 0}));
  EXPECT_EQ(split.value_of(0).process, 0);
  EXPECT_EQ(split.value_of(2).process, 1);
}

TEST(ParseSplit, KnowsWhatCallsCanBeToldApartBy) {
  EXPECT_EQ(parse_split("pid"), SplitBy::kPid);
  EXPECT_EQ(parse_split("outcome"), SplitBy::kOutcome);
  EXPECT_EQ(
      test::error_of([] { parse_split("colour"); }),
      "--split: calls cannot be told apart by 'colour' / pid, query, database, application or "
      "outcome");
}

TEST(ExecutionNumbers, AreOfAnyIds) {
  ExecutionNumbers numbers;
  numbers.set(ExecutionId{5}, 2);
  numbers.set(ExecutionId{1ull << 50}, 3);
  EXPECT_EQ(numbers.of(ExecutionId{5}), 2u);
  EXPECT_EQ(numbers.of(ExecutionId{6}), 0u);
  EXPECT_EQ(numbers.of(ExecutionId{1ull << 50}), 3u);
  EXPECT_EQ(numbers.of(ExecutionId{1ull << 40}), 0u);
}

}  // namespace
}  // namespace pgrec

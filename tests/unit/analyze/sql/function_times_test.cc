// Covers analyze/sql/function_times.h: sums of calls by execution and function. How they come from
// a trace: execution_import_test.cc.
#include "analyze/sql/function_times.h"

#include <gtest/gtest.h>

#include "tests/unit/relations.h"

namespace pgrec {
namespace {

using Rows = std::vector<std::string>;

class FunctionTimesTest : public testing::Test {
 protected:
  void call(std::uint64_t execution, std::uint32_t function, std::optional<Duration> duration) {
    Call call;
    call.execution = ExecutionId{execution};
    call.function = FunctionId{function};
    call.duration = call.self = duration;
    times_.call_ended(call);
  }
  // A call that ended without a return, by `to`; `inside`: calls of it that returned took.
  void abandoned(std::uint64_t execution, std::uint32_t function, std::uint32_t depth,
                 std::int64_t from, std::int64_t to, Duration inside) {
    Call call;
    call.execution = ExecutionId{execution};
    call.function = FunctionId{function};
    call.depth = depth;
    call.begun = from_ns(from);
    call.at_most = Duration(to - from);
    call.self_at_most = *call.at_most - inside;
    call.outcome = Outcome::kUnwound;
    times_.call_ended(call);
  }
  Rows rows(const std::string& sql = "SELECT * FROM execution_functions") const {
    return test::rows_of(database_, sql);
  }

  Database database_ = test::empty_relations();
  FunctionTimes times_{database_};
};

TEST_F(FunctionTimesTest, CountCallsWithoutAReturnOnly) {
  call(1, 5, Duration(30));
  call(1, 5, std::nullopt);
  times_.finish(database_);
  EXPECT_EQ(rows(), Rows{"1|5|2|30|30|0|0|0"});
}

TEST_F(FunctionTimesTest, LeaveOutCallsOutsideExecutions) {
  times_.call_ended(Call{});
  times_.finish(database_);
  EXPECT_EQ(rows(), Rows{});
}

TEST_F(FunctionTimesTest, AddCallsThatEndAfterTheirExecution) {
  call(1, 5, Duration(30));
  times_.execution_ended(ExecutionId{1});
  EXPECT_EQ(rows(), Rows{"1|5|1|30|30|0|0|0"});
  call(1, 5, Duration(4));
  call(1, 6, Duration(2));
  times_.finish(database_);
  EXPECT_EQ(rows(), (Rows{"1|5|2|34|34|0|0|0", "1|6|1|2|2|0|0|0"}));
}

TEST_F(FunctionTimesTest, OfOneExecutionStayWhenAnotherEnds) {
  call(2, 5, Duration(1));
  call(1, 5, Duration(10));
  times_.execution_ended(ExecutionId{2});
  times_.execution_ended(ExecutionId{3});
  call(1, 5, Duration(20));
  times_.finish(database_);
  EXPECT_EQ(rows(), (Rows{"1|5|2|30|30|0|0|0", "2|5|1|1|1|0|0|0"}));
}

TEST_F(FunctionTimesTest, AddUpWhateverTheNumberOfExecutionsThatRun) {
  constexpr std::uint64_t kExecutions = (1u << 14) + 100;
  database_.execute("BEGIN");
  for (int round = 0; round < 2; ++round) {
    for (std::uint64_t execution = 0; execution < kExecutions; ++execution)
      call(execution, 5, Duration(3));
  }
  times_.finish(database_);
  database_.execute("COMMIT");
  EXPECT_EQ(rows("SELECT count(*), min(calls), max(calls), sum(total_ns) FROM execution_functions"),
            Rows{std::to_string(kExecutions) + "|2|2|" + std::to_string(6 * kExecutions)});
}

TEST_F(FunctionTimesTest, StayAtTheLargestNumber) {
  call(1, 5, Duration::max());
  call(1, 5, Duration(1));
  times_.execution_ended(ExecutionId{1});
  call(1, 5, Duration::max());
  times_.finish(database_);
  EXPECT_EQ(rows(), Rows{"1|5|3|9223372036854775807|9223372036854775807|0|0|0"});
}

// Three calls that an ERROR at 100 jumped past, one in the other, and one that it did not.
TEST_F(FunctionTimesTest, HaveTheMostThatAbandonedCallsTook) {
  abandoned(1, 7, 2, 30, 100, Duration(10));
  abandoned(1, 6, 1, 20, 100, Duration(10));
  abandoned(1, 5, 0, 0, 100, Duration(15));
  abandoned(1, 5, 0, 200, 250, Duration(0));
  times_.finish(database_);
  EXPECT_EQ(rows("SELECT function_id, calls, total_ns, self_ns, at_most_ns, self_at_most_ns, "
                 "own_at_most_ns FROM execution_functions"),
            (Rows{"5|2|0|0|150|135|65", "6|1|0|0|80|70|10", "7|1|0|0|70|60|60"}));
}

// What one of them was in is told of one time only where it is one time: of a thread, an execution.
TEST_F(FunctionTimesTest, AddUpWhatWasNotAbandonedTogether) {
  abandoned(1, 7, 1, 30, 100, {});
  abandoned(2, 6, 0, 20, 100, {});
  abandoned(1, 7, 1, 130, 200, {});
  abandoned(1, 6, 0, 120, 201, {});
  times_.finish(database_);
  EXPECT_EQ(rows("SELECT execution_id, function_id, own_at_most_ns FROM execution_functions"),
            (Rows{"1|6|81", "1|7|140", "2|6|80"}));
}

TEST_F(FunctionTimesTest, OfWorkersAreTheirLeadersToo) {
  database_.execute(
      "INSERT INTO execution_rows (execution_id, pid, ts_ns, text_id, kind, outcome, "
      "leader_execution_id) VALUES (1, 7, 0, 0, 0, 'ended', NULL), (2, 8, 0, 0, 2, 'ended', 1), "
      "(3, 9, 0, 0, 2, 'ended', 1), (4, 10, 0, 0, 2, 'ended', NULL)");
  for (const std::uint64_t execution : {1, 2, 3, 4}) {
    call(execution, 5, Duration(10));
    call(execution, 6, Duration::max());
  }
  times_.finish(database_);
  EXPECT_EQ(
      rows("SELECT execution_id, calls, total_ns FROM execution_functions WHERE function_id = 5"),
      (Rows{"1|3|30", "2|1|10", "3|1|10", "4|1|10"}));
  EXPECT_EQ(rows("SELECT total_ns FROM execution_functions WHERE execution_id = 1"),
            (Rows{"30", "9223372036854775807"}));
}

}  // namespace
}  // namespace pgrec

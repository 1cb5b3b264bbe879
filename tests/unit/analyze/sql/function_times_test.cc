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
  EXPECT_EQ(rows(), Rows{"1|5|2|30|30"});
}

TEST_F(FunctionTimesTest, LeaveOutCallsOutsideExecutions) {
  times_.call_ended(Call{});
  times_.finish(database_);
  EXPECT_EQ(rows(), Rows{});
}

TEST_F(FunctionTimesTest, AddCallsThatEndAfterTheirExecution) {
  call(1, 5, Duration(30));
  times_.execution_ended(ExecutionId{1});
  EXPECT_EQ(rows(), Rows{"1|5|1|30|30"});
  call(1, 5, Duration(4));
  call(1, 6, Duration(2));
  times_.finish(database_);
  EXPECT_EQ(rows(), (Rows{"1|5|2|34|34", "1|6|1|2|2"}));
}

TEST_F(FunctionTimesTest, OfOneExecutionStayWhenAnotherEnds) {
  call(2, 5, Duration(1));
  call(1, 5, Duration(10));
  times_.execution_ended(ExecutionId{2});
  times_.execution_ended(ExecutionId{3});
  call(1, 5, Duration(20));
  times_.finish(database_);
  EXPECT_EQ(rows(), (Rows{"1|5|2|30|30", "2|5|1|1|1"}));
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
  EXPECT_EQ(rows(), Rows{"1|5|3|9223372036854775807|9223372036854775807"});
}

TEST_F(FunctionTimesTest, OfWorkersAreTheirLeadersToo) {
  database_.execute(
      "INSERT INTO execution_rows (execution_id, pid, ts_ns, text_id, kind, outcome, "
      "leader_execution_id) VALUES (1, 7, 0, 0, 0, 'ended', NULL), (2, 8, 0, 0, 2, 'ended', 1), "
      "(3, 9, 0, 0, 2, 'ended', 1), (4, 10, 0, 0, 2, 'ended', NULL)");
  for (const std::uint64_t execution : {1, 2, 3, 4})
    call(execution, 5, Duration(10));
  times_.finish(database_);
  EXPECT_EQ(rows("SELECT execution_id, calls, total_ns FROM execution_functions"),
            (Rows{"1|3|30", "2|1|10", "3|1|10", "4|1|10"}));
}

}  // namespace
}  // namespace pgrec

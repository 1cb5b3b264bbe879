// Covers the relation `function_times` of analyze/sql/pass_relations.h: the calls of each execution
// by function, and the most that those took that did not return.
#include "analyze/sql/pass_relations.h"

#include <gtest/gtest.h>

#include "tests/unit/append_event.h"
#include "tests/unit/relations.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using Rows = std::vector<std::string>;

// A trace of executions of process 7, and of what works for it.
class FunctionTimesRelation : public testing::Test {
 protected:
  enum : std::uint32_t { kF, kG, kH, kK };
  static constexpr ClassId kOfLeader{0};

  FunctionTimesRelation() {
    std::vector<Function> functions;
    for (const char* name : {"f", "g", "h", "k"}) {
      const FunctionId id{static_cast<std::uint32_t>(functions.size())};
      functions.push_back({id, Function::Role::kCalls, name, "/p", "", value(id)});
    }
    writer_.write(functions);
    writer_.write(std::vector<EventClass>{{kOfLeader,
                                           {},
                                           "execution.of-leader",
                                           {{"leader_pid", ArgumentType::Kind::kUnsigned, ""}}}});
  }
  void event(EventKind kind, std::int64_t ns, std::uint32_t function = 0, TextId text = {}) {
    const Event one{kind, FunctionId{function}, text, from_ns(ns), {}};
    writer_.append({pid_, pid_}, std::span(&one, 1));
  }
  void begin(std::int64_t ns, const std::string& text = "SELECT 1") {
    event(EventKind::kExecutionBegin, ns, 0, writer_.text_id({{}, false, false, text}));
  }
  void end(std::int64_t ns) { event(EventKind::kExecutionEnd, ns); }
  void enter(std::uint32_t function, std::int64_t ns) { event(EventKind::kEnter, ns, function); }
  void leave(std::int64_t ns) { event(EventKind::kReturned, ns); }
  void unwind(std::int64_t ns) { event(EventKind::kUnwound, ns); }
  void call(std::uint32_t function, std::int64_t from, std::int64_t to) {
    enter(function, from);
    leave(to);
  }
  // A run of `pid` that works for process 7.
  void work(std::uint32_t pid, std::int64_t from, std::int64_t to) {
    pid_ = pid;
    begin(from);
    test::append(writer_, {pid, pid}, {EventKind::kOfClass, {}, {}, from_ns(from), kOfLeader},
                 {std::uint64_t{7}});
    call(kF, from + 1, from + 11);
    end(to);
    pid_ = 7;
  }
  Rows rows(const std::string& sql) {
    writer_.close(from_ns(1'000'000));
    return test::rows_of(test::relations_of(file_.reader()), sql);
  }
  // What each execution and function comes to.
  Rows rows() {
    return rows(
        "SELECT execution_id, function, calls, total_ns, self_ns, at_most_ns, self_at_most_ns, "
        "own_at_most_ns FROM function_times ORDER BY execution_id, function");
  }

  std::uint32_t pid_ = 7;
  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
};

TEST_F(FunctionTimesRelation, AddsUpTheCallsOfEachExecution) {
  begin(100, "SELECT a");
  enter(kF, 110);
  call(kG, 120, 130);
  call(kG, 140, 160);
  leave(200);
  enter(kG, 210);
  end(220);
  begin(230, "SELECT b");
  leave(250);  // of the first one's call
  enter(kG, 260);
  unwind(270);
  end(280);
  call(kF, 300, 400);
  EXPECT_EQ(rows(), (Rows{"0|f|1|90|60|0|0|0", "0|g|3|70|70|0|0|0", "1|g|1|0|0|10|10|10"}));
}

TEST_F(FunctionTimesRelation, GivesTheCallsOfWorkersToTheLeader) {
  begin(100);
  call(kF, 101, 111);
  work(8, 120, 150);
  work(9, 120, 150);
  end(200);
  work(10, 300, 350);  // for nobody who runs
  EXPECT_EQ(rows("SELECT execution_id, sum(calls), sum(total_ns), count(DISTINCT run_id) "
                 "FROM function_times GROUP BY 1 ORDER BY 1"),
            (Rows{"0|3|30|3", "3|1|10|1"}));
}

// Three calls that an ERROR at 100 jumped past, one in the other, and one that it did not.
TEST_F(FunctionTimesRelation, HasTheMostThatAbandonedCallsTook) {
  begin(0);
  enter(kF, 0);
  call(kK, 1, 6);
  enter(kG, 20);
  enter(kH, 30);
  call(kK, 31, 41);
  for (int i = 0; i < 3; ++i)
    unwind(100);
  enter(kF, 200);
  unwind(250);
  end(260);
  EXPECT_EQ(rows(), (Rows{"0|f|2|0|0|150|135|65", "0|g|1|0|0|80|70|10", "0|h|1|0|0|70|60|60",
                          "0|k|2|15|15|0|0|0"}));
}

// What ended at two times is not told of one time.
TEST_F(FunctionTimesRelation, AddsUpWhatWasNotAbandonedTogether) {
  begin(0);
  enter(kG, 120);
  enter(kH, 130);
  unwind(200);
  unwind(201);
  end(260);
  EXPECT_EQ(rows(), (Rows{"0|g|1|0|0|81|81|81", "0|h|1|0|0|70|70|70"}));
}

// Calls last up to 36 years, and can end after their executions.
TEST_F(FunctionTimesRelation, StaysAtTheLargestNumber) {
  constexpr std::int64_t kLongest = (std::int64_t{1} << 60) - 1;
  begin(0, "SELECT a");
  for (int i = 0; i < 20; ++i)
    enter(kF, 1);
  for (int i = 0; i < 10; ++i)
    leave(kLongest);
  end(kLongest);
  begin(kLongest, "SELECT b");
  for (int i = 0; i < 10; ++i)
    leave(kLongest);
  EXPECT_EQ(rows("SELECT execution_id, calls, total_ns FROM function_times"),
            Rows{"0|20|9223372036854775807"});
}

}  // namespace
}  // namespace pgrec

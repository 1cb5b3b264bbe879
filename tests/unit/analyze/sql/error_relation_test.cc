// Covers the relation `errors` of analyze/sql/pass_relations.h: events of the class `error` as
// rows, with their executions.
#include <gtest/gtest.h>

#include "tests/unit/append_event.h"
#include "tests/unit/relations.h"
#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

using Kind = ArgumentType::Kind;
using Rows = std::vector<std::string>;

class ErrorRelationTest : public testing::Test {
 protected:
  // The arguments of the class, in this order.
  explicit ErrorRelationTest(std::vector<std::string> arguments = {"severity", "sqlstate",
                                                                   "message"}) {
    EventClass error{ClassId{3}, {}, "error", {}};
    for (std::string& name : arguments)
      error.arguments.push_back({std::move(name), Kind::kString, ""});
    writer_.write(std::vector<EventClass>{
        error,
        {ClassId{4}, {}, "execution.of-leader", {{"leader_pid", Kind::kUnsigned, ""}}},
        {ClassId{3}, {}, "another of this id", {}}});
  }
  void event(ThreadKey thread, EventKind kind, std::int64_t ns) {
    const TextId text = writer_.text_id(Text{{}, false, false, "SELECT 1"});
    const Event made{kind, {}, text, from_ns(ns), {}};
    writer_.append(thread, std::span(&made, 1));
  }
  void of_class(ThreadKey thread, std::uint32_t id, std::int64_t ns, ArgumentValues arguments) {
    test::append(writer_, thread, {EventKind::kOfClass, {}, {}, from_ns(ns), ClassId{id}},
                 std::move(arguments));
  }
  void error(std::int64_t ns, const std::string& a, const std::string& b, const std::string& c) {
    of_class(kThread, 3, ns, {a, b, c});
  }
  Rows rows() {
    writer_.close(from_ns(100'000));
    database_ = test::relations_of(file_.reader());
    return test::rows_of(database_,
                         "SELECT ts_ns, pid, process_id, severity, sqlstate, message, execution_id "
                         "FROM errors ORDER BY ts_ns");
  }

  static constexpr ThreadKey kThread{7, 7};
  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
  Database database_;
};

TEST_F(ErrorRelationTest, AreOfTheExecutionThatRunsOrOfNone) {
  error(10, "FATAL", "28P01", "password");
  event(kThread, EventKind::kExecutionBegin, 20);
  error(30, "ERROR", "22012", "division by zero");
  event(kThread, EventKind::kExecutionEnd, 40);
  error(50, "PANIC", "XX000", "gone");
  writer_.write(std::vector<Process>{{7, "postgres: checkpointer"}});
  EXPECT_EQ(rows(),
            (Rows{"10|7|1|FATAL|28P01|password|NULL", "30|7|1|ERROR|22012|division by zero|0",
                  "50|7|1|PANIC|XX000|gone|NULL"}));
}

TEST_F(ErrorRelationTest, HaveNullForWhatIsNotSaid) {
  error(10, "", "", "");
  EXPECT_EQ(rows(), Rows{"10|7|NULL|NULL|NULL|NULL|NULL"});
}

TEST_F(ErrorRelationTest, OfAWorkerAreOfItsLeadersExecution) {
  const ThreadKey worker{8, 8};
  event(kThread, EventKind::kExecutionBegin, 10);
  event(worker, EventKind::kExecutionBegin, 20);
  of_class(worker, 4, 20, {std::uint64_t{7}});
  of_class(worker, 3, 30, {std::string("ERROR"), std::string("22012"), std::string()});
  event(worker, EventKind::kExecutionEnd, 40);
  event(kThread, EventKind::kExecutionEnd, 50);
  const Rows all = rows();
  EXPECT_EQ(all, Rows{"30|8|NULL|ERROR|22012|NULL|" +
                      test::rows_of(database_, "SELECT execution_id FROM executions").at(0)});
}

class ErrorRelationOfALaterRecorder : public ErrorRelationTest {
 protected:
  ErrorRelationOfALaterRecorder() : ErrorRelationTest({"message", "detail", "sqlstate"}) {}
};

TEST_F(ErrorRelationOfALaterRecorder, GoByTheNamesOfTheArguments) {
  error(10, "no", "more", "22012");
  EXPECT_EQ(rows(), Rows{"10|7|NULL|NULL|22012|no|NULL"});
}

}  // namespace
}  // namespace pgrec

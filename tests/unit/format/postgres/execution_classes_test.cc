// Covers format/postgres/execution_classes.h: the classes by their ids, with the arguments that are
// known.
#include "format/postgres/execution_classes.h"

#include <gtest/gtest.h>

#include <string>

namespace pgrec {
namespace {

// "name argument argument…" of the class with `id`.
std::string described(const KnownOfExecutions& known, ExecutionClass id) {
  std::string text;
  for (const EventClass& one : execution_classes(known)) {
    if (one.id != id_of(id)) continue;
    text += one.name;
    for (const ArgumentType& argument : one.arguments)
      text += " " + argument.name;
  }
  return text;
}

constexpr KnownOfExecutions kAll = {true, true, true, true};

TEST(ExecutionClasses, HaveAllArgumentsInOrder) {
  const std::string measured =
      "query_id prepare_ns shared_hit shared_read shared_dirtied shared_written temp_read "
      "temp_written wal_records wal_fpi wal_bytes";
  EXPECT_EQ(described(kAll, ExecutionClass::kCompleted),
            "execution.completed " + measured + " rows");
  EXPECT_EQ(described(kAll, ExecutionClass::kFailed), "execution.failed " + measured + " sqlstate");
  EXPECT_EQ(described(kAll, ExecutionClass::kSuspended),
            "execution.suspended " + measured + " rows");
}

TEST(ExecutionClasses, LeaveOutWhatIsNotKnown) {
  EXPECT_EQ(described({}, ExecutionClass::kCompleted), "execution.completed prepare_ns rows");
  EXPECT_EQ(described({}, ExecutionClass::kFailed), "execution.failed prepare_ns");
  EXPECT_EQ(described({.query_ids = true}, ExecutionClass::kSuspended),
            "execution.suspended query_id prepare_ns rows");
}

TEST(ExecutionClasses, HaveTheirOtherArgumentsWhateverIsKnown) {
  EXPECT_EQ(described({}, ExecutionClass::kNotRun), "execution.not-run");
  EXPECT_EQ(described({}, ExecutionClass::kProcessEnded), "execution.process-ended");
  EXPECT_EQ(described({}, ExecutionClass::kOfLeader), "execution.of-leader leader_pid");
  EXPECT_EQ(described({}, ExecutionClass::kRunning), "execution.running running_ns");
  EXPECT_EQ(described({}, ExecutionClass::kSession),
            "execution.session application user session_user");
  EXPECT_EQ(described({}, ExecutionClass::kOfText), "execution.of-text text");
  EXPECT_EQ(described({}, ExecutionClass::kError), "error severity sqlstate message");
  EXPECT_EQ(described({}, ExecutionClass::kIdleInTransaction),
            "idle-in-transaction aborted running_ns");
}

TEST(ExecutionClasses, StayBelowTheFormatsBounds) {
  EXPECT_EQ(decode_classes(encode(execution_classes(kAll))), execution_classes(kAll));
  for (const EventClass& one : execution_classes(kAll))
    EXPECT_LT(value(one.id), kFirstOtherClass);
}

}  // namespace
}  // namespace pgrec

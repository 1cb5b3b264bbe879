// Covers format/postgres/roles_of_classes.h.
#include "format/postgres/roles_of_classes.h"

#include <gtest/gtest.h>

#include "format/postgres/execution_classes.h"

namespace pgrec {
namespace {

using Subject = EventClass::Subject;
using Tells = ExecutionRole::Tells;

const ExecutionRoles kRoles = execution_roles(execution_classes({true, true, true, true}));

ExecutionRole role(ExecutionClass one) {
  return kRoles.of(id_of(one));
}

TEST(RolesOfClassesTest, SayWhatAnExecutionIs) {
  EXPECT_EQ(role(ExecutionClass::kCompleted).tells, Tells::kCompletion);
  EXPECT_EQ(role(ExecutionClass::kSuspended).tells, Tells::kCompletion);
  EXPECT_EQ(role(ExecutionClass::kFailed).tells, Tells::kFailure);
  EXPECT_EQ(role(ExecutionClass::kProcessEnded).tells, Tells::kFailure);
  EXPECT_EQ(role(ExecutionClass::kNotRun).tells, Tells::kNotRun);
  EXPECT_EQ(role(ExecutionClass::kOfLeader).tells, Tells::kOfLeader);
  EXPECT_EQ(role(ExecutionClass::kOfText).tells, Tells::kOtherText);
  EXPECT_EQ(role(ExecutionClass::kOfText).text, 0);
  EXPECT_EQ(role(ExecutionClass::kRunning), ExecutionRole{});
  EXPECT_EQ(role(ExecutionClass::kError), ExecutionRole{});
  EXPECT_EQ(kRoles.of(ClassId{4000}), ExecutionRole{});
}

TEST(RolesOfClassesTest, FindTheArguments) {
  const ExecutionRole completed = role(ExecutionClass::kCompleted);
  EXPECT_EQ(completed.query_id, 0);
  EXPECT_EQ(completed.measures[1], ExecutionRole::kNone);  // prepare_ns
  EXPECT_EQ(completed.measures[2], 1);                     // shared_hit
  EXPECT_EQ(completed.measures[11], 0);                    // rows
  EXPECT_EQ(completed.above_zero, 0u);
  EXPECT_EQ(role(ExecutionClass::kSuspended).above_zero, 1u);
}

TEST(RolesOfClassesTest, TakeTheFirstOfTwo) {
  const ExecutionRoles roles =
      execution_roles({{ClassId{1}, Subject::kExecution, "something", {}},
                       {ClassId{1}, Subject::kExecution, "execution.completed", {}},
                       {ClassId{2},
                        Subject::kExecution,
                        "execution.completed",
                        {{"x", ArgumentType::Kind::kReal, ""},
                         {"rows", ArgumentType::Kind::kUnsigned, ""},
                         {"rows", ArgumentType::Kind::kUnsigned, ""}}},
                       {ClassId{2}, Subject::kExecution, "execution.failed", {}}});
  EXPECT_EQ(roles.of(ClassId{1}), ExecutionRole{});
  EXPECT_EQ(roles.of(ClassId{2}).tells, Tells::kCompletion);
  EXPECT_EQ(roles.of(ClassId{2}).query_id, ExecutionRole::kNone);
  EXPECT_EQ(roles.of(ClassId{2}).measures[1], 0);
  EXPECT_EQ(roles.of(ClassId{2}).measures[2], ExecutionRole::kNone);
}

}  // namespace
}  // namespace pgrec

// Covers format/postgres/execution_counts.h: what a summary's classes make of what began.
#include "format/postgres/execution_counts.h"

#include <gtest/gtest.h>

#include "format/postgres/execution_classes.h"

namespace pgrec {
namespace {

Summary summary(std::uint64_t begun, std::map<ClassId, std::uint64_t> classes) {
  Summary made;
  made.executions.begun = begun;
  made.classes = std::move(classes);
  return made;
}

const std::vector<EventClass> kClasses = execution_classes({});
constexpr ClassId kNotRun{static_cast<std::uint32_t>(ExecutionClass::kNotRun)};
constexpr ClassId kOfLeader{static_cast<std::uint32_t>(ExecutionClass::kOfLeader)};
constexpr ClassId kCompleted{static_cast<std::uint32_t>(ExecutionClass::kCompleted)};

TEST(ExecutionCounts, LeavePreparationsAndWorkerRunsOut) {
  const Summary all = summary(10, {{kNotRun, 2}, {kOfLeader, 3}, {kCompleted, 5}});
  EXPECT_EQ(execution_counts(all, kClasses), (ExecutionCounts{5, 2, 3}));
}

TEST(ExecutionCounts, AreOfWhatBeganWhereNothingTells) {
  EXPECT_EQ(execution_counts(summary(10, {{ClassId{3}, 2}}), {}), (ExecutionCounts{10, 0, 0}));
  EXPECT_FALSE(tells_kinds_of_executions({}));
  EXPECT_FALSE(tells_kinds_of_executions({{ClassId{3}, {}, "usdt:execution.not-run", {}}}));
  EXPECT_TRUE(tells_kinds_of_executions(kClasses));
}

// Of a damaged trace the beginnings may be missing.
TEST(ExecutionCounts, AreNeverBelow0) {
  EXPECT_EQ(execution_counts(summary(1, {{kNotRun, 2}}), kClasses), (ExecutionCounts{0, 2, 0}));
}

TEST(ExecutionCounts, GoByTheFirstRowOfAnId) {
  const std::vector<EventClass> twice = {{ClassId{1}, {}, "mine", {}},
                                         {ClassId{1}, {}, "execution.not-run", {}}};
  EXPECT_EQ(execution_counts(summary(4, {{ClassId{1}, 2}}), twice), (ExecutionCounts{4, 0, 0}));
}

TEST(ExecutionCounts, AddUp) {
  ExecutionCounts sum{1, 2, 3};
  sum += {10, 20, 30};
  EXPECT_EQ(sum, (ExecutionCounts{11, 22, 33}));
}

}  // namespace
}  // namespace pgrec

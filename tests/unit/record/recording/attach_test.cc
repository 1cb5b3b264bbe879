// Covers record/recording/attach.h: what a plan asks of the kernel side. That it is attached is
// what the live tests show.
#include "record/recording/attach.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

RecordingPlan plan_of_two_functions() {
  RecordingPlan plan;
  plan.pids = {12, 14};
  PlannedFile& file = plan.files.emplace_back();
  file.functions = {{"f", 0x10}, {"g", 0x20}};
  file.attach_offsets = {0x14, 0x24};
  return plan;
}

TEST(SessionConfig, CountsFunctionsAndUsdtProbes) {
  RecordingPlan plan = plan_of_two_functions();
  EXPECT_EQ(session_config(plan).probes, 2u);
  EXPECT_FALSE(session_config(plan).usdt);
  plan.files.front().points = {{"server", "usdt:p", {{"server", "p", 0x1000, 0x100}}}};
  plan.files.front().arguments.resize(1);
  EXPECT_EQ(session_config(plan).probes, 3u);
  EXPECT_TRUE(session_config(plan).usdt);
}

TEST(SessionConfig, AsksForQueriesWhereThereIsAServer) {
  RecordingPlan plan = plan_of_two_functions();
  EXPECT_FALSE(session_config(plan).queries);
  RecordingPlan::Activity activity;
  activity.hooks.found.resize(1);
  plan.activity = activity;
  EXPECT_TRUE(session_config(plan).queries);
}

TEST(SessionConfig, LimitsToTheProcessesOfThePlan) {
  EXPECT_EQ(session_config(plan_of_two_functions()).pids, (std::vector<std::uint32_t>{12, 14}));
}

}  // namespace
}  // namespace pgrec

// Covers record/recording/recording_plan.h: plans of this test program, and what a plan says of its
// probes.
#include "record/recording/recording_plan.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "format/error.h"
#include "format/postgres/execution_classes.h"

// Of this program, for plans of it.
extern "C" {
std::int32_t planned_sum = 0;
__attribute__((noinline, used)) std::int32_t planned_first(std::int32_t n) {
  planned_sum += n;
  return planned_sum * 3;
}
__attribute__((noinline, used)) std::int32_t planned_second(std::int32_t n) {
  planned_sum -= n;
  return planned_sum * 7;
}
}

namespace pgrec {
namespace {

using Names = std::vector<std::string>;

PlanRequest request(const Names& functions) {
  PlanRequest asked;
  asked.exec = "/proc/self/exe";
  asked.functions = functions;
  return asked;
}

Names names_of_functions(const RecordingPlan& plan) {
  Names names;
  for (const Symbol& function : plan.selection.functions)
    names.push_back(function.name);
  return names;
}

std::string error_of(const PlanRequest& asked) {
  try {
    make_plan(asked);
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing thrown";
}

TEST(MakePlan, PutsAProbeIntoEachFunctionOfTheBinary) {
  const RecordingPlan plan = make_plan(request({"planned_*"}));
  EXPECT_EQ(plan.binary.path, "/proc/self/exe");
  EXPECT_EQ(names_of_functions(plan), (Names{"planned_first", "planned_second"}));
  const ElfImage image = read_elf(plan.binary.path);
  const Code code = read_code(plan.binary.path);
  const auto offsets = attach_offsets(plan.selection.functions, image, code);
  ASSERT_EQ(plan.attach_offsets.size(), offsets.size());
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    const Symbol& function = plan.selection.functions[i];
    EXPECT_EQ(plan.attach_offsets[i], offsets[i]);
    EXPECT_GE(plan.attach_offsets[i], function.file_offset);
    EXPECT_LT(plan.attach_offsets[i], function.file_offset + function.bytes);
  }
}

TEST(MakePlan, SaysWhatOfTheRequestIsNotProbed) {
  const RecordingPlan plan = make_plan(request({"planned_first", "planned_nothing_like_it"}));
  EXPECT_EQ(names_of_functions(plan), Names{"planned_first"});
  ASSERT_EQ(plan.selection.not_probed.size(), 1u);
  EXPECT_EQ(plan.selection.not_probed.front().name, "planned_nothing_like_it");
}

TEST(MakePlan, OfNoFunctionsHasNoProbes) {
  const RecordingPlan plan = make_plan(request({}));
  EXPECT_TRUE(plan.probes().chosen().empty());
  EXPECT_FALSE(plan.activity);
}

TEST(MakePlan, TakesTheBinaryAndTheProcessesFromTheirNumbers) {
  PlanRequest asked = request({"planned_first"});
  asked.exec.clear();
  asked.pids = {static_cast<std::uint32_t>(::getpid())};
  const RecordingPlan plan = make_plan(asked);
  EXPECT_EQ(plan.pids, asked.pids);
  EXPECT_EQ(names_of_functions(plan), Names{"planned_first"});
}

TEST(MakePlan, RefusesABinaryThatIsNotThere) {
  PlanRequest asked = request({"planned_first"});
  asked.exec = "/no/such/binary";
  EXPECT_NE(error_of(asked), "nothing thrown");
}

TEST(MakePlan, RefusesARequestOfWhichNothingIsThere) {
  EXPECT_EQ(error_of(request({"planned_nothing_like_it"})).find("nothing to record in "), 0u);
}

// Two functions and two USDT probes, the second of which has two sites.
class RecordingPlanTest : public testing::Test {
 protected:
  RecordingPlanTest() {
    plan_.binary = {"/usr/bin/server", "/proc/12/exe"};
    plan_.build_id = "beef";
    plan_.selection.functions = {{"f", 0x10}, {"g", 0x20}};
    plan_.attach_offsets = {0x14, 0x24};
    plan_.selection.points = {
        {"server", "usdt:p", {{"server", "p", 0x1000, 0x100}}},
        {"server",
         "usdt:q",
         {{"server", "q", 0x1010, 0x110, 0x200}, {"server", "q", 0x1020, 0x120, 0x200}}}};
    plan_.arguments.resize(2);
    plan_.arguments[0].sites.resize(1);
    plan_.arguments[1].types = {{"mode", ArgumentType::Kind::kSigned, ""}};
    plan_.arguments[1].sites.resize(2);
  }
  void add_activity() {
    RecordingPlan::Activity activity;
    activity.server = {"/usr/bin/postgres", "/usr/bin/postgres"};
    activity.image.build_id = "cafe";
    FoundHook found;
    found.site.offset = 0x300;
    activity.hooks.found = {found};
    plan_.activity = activity;
  }

  RecordingPlan plan_;
};

TEST_F(RecordingPlanTest, NumbersTheSelectionInItsOrderAndThenTheHooks) {
  const ProbeTable probes = plan_.probes();
  Names names;
  for (const std::uint32_t probe : probes.all())
    names.push_back(probes.name(probe));
  EXPECT_EQ(names, (Names{"f", "g", "usdt:p", "usdt:q", "pgstat_report_activity"}));
  EXPECT_EQ(probes.functions().size(), 2u);
  EXPECT_EQ(probes.points().size(), 2u);
}

TEST_F(RecordingPlanTest, SaysWhereEachProbeIs) {
  const auto rows = plan_.probes().rows();
  EXPECT_EQ(rows[1], (Function{FunctionId{1}, Function::Role::kCalls, "g", "/usr/bin/server",
                               "beef", 0x24}));
  EXPECT_EQ(rows[3], (Function{FunctionId{3}, Function::Role::kEvents, "usdt:q", "/usr/bin/server",
                               "beef", 0x110}));
}

TEST_F(RecordingPlanTest, NamesTheActivityFunctionWhereThereIsNoServer) {
  EXPECT_EQ(plan_.probes().rows().back(), (Function{FunctionId{4}, Function::Role::kActivity,
                                                    "pgstat_report_activity", "", "", 0}));
}

TEST_F(RecordingPlanTest, SaysWhereTheActivityFunctionOfAServerIs) {
  add_activity();
  EXPECT_EQ(plan_.probes().rows().back(),
            (Function{FunctionId{4}, Function::Role::kActivity, "pgstat_report_activity",
                      "/usr/bin/postgres", "cafe", 0x300}));
}

TEST_F(RecordingPlanTest, DescribesTheEventsOfUsdtProbes) {
  const auto classes = plan_.classes();
  EXPECT_EQ(classes, plan_.probes().classes());
  ASSERT_EQ(classes.size(), 2u);
  EXPECT_EQ(classes[1], (EventClass{ClassId{kFirstOtherClass + 1}, EventClass::Subject::kThread,
                                    "usdt:q", plan_.arguments[1].types}));
}

TEST_F(RecordingPlanTest, DescribesWhatAServersExecutionsHaveFirst) {
  add_activity();
  const auto classes = plan_.classes();
  ASSERT_GT(classes.size(), 2u);
  EXPECT_EQ(classes.back().name, "usdt:q");
  EXPECT_NE(classes.front().name, "usdt:p");
}

TEST_F(RecordingPlanTest, GivesAllPlacesOfAUsdtProbeItsNumber) {
  const auto sites = plan_.sites();
  ASSERT_EQ(sites.size(), 3u);
  EXPECT_EQ(sites[0].site.probe, 2u);
  EXPECT_EQ(sites[1].site.probe, 3u);
  EXPECT_EQ(sites[2].site.probe, 3u);
  EXPECT_EQ(sites[2].offset, 0x120u);
  EXPECT_EQ(sites[2].semaphore_offset, 0x200u);
}

}  // namespace
}  // namespace pgrec

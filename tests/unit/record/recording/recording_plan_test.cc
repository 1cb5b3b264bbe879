// Covers record/recording/recording_plan.h: plans of this test program, and what a plan says of its
// probes.
#include "record/recording/recording_plan.h"

#include <dlfcn.h>
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
  asked.execs = {"/proc/self/exe"};
  asked.functions.names = functions;
  return asked;
}

Names names_of_functions(const RecordingPlan& plan) {
  Names names;
  for (const PlannedFile& file : plan.files) {
    for (const Symbol& function : file.functions)
      names.push_back(function.name);
  }
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
  ASSERT_EQ(plan.files.size(), 1u);
  const PlannedFile& file = plan.files.front();
  EXPECT_EQ(file.binary.path, "/proc/self/exe");
  EXPECT_EQ(names_of_functions(plan), (Names{"planned_first", "planned_second"}));
  const ElfImage image = read_elf(file.binary.path);
  const Code code = read_code(file.binary.path);
  const auto offsets = attach_offsets(file.functions, image, code);
  ASSERT_EQ(file.attach_offsets.size(), offsets.size());
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    const Symbol& function = file.functions[i];
    EXPECT_EQ(file.attach_offsets[i], offsets[i]);
    EXPECT_GE(file.attach_offsets[i], function.file_offset);
    EXPECT_LT(file.attach_offsets[i], function.file_offset + function.bytes);
  }
}

TEST(MakePlan, SaysWhatOfTheRequestIsNotProbed) {
  const RecordingPlan plan = make_plan(request({"planned_first", "planned_nothing_like_it"}));
  EXPECT_EQ(names_of_functions(plan), Names{"planned_first"});
  ASSERT_EQ(plan.not_probed.size(), 1u);
  EXPECT_EQ(plan.not_probed.front().name, "planned_nothing_like_it");
}

TEST(MakePlan, OfNoFunctionsHasNoProbes) {
  const RecordingPlan plan = make_plan(request({}));
  EXPECT_TRUE(plan.probes().chosen().empty());
  EXPECT_FALSE(plan.activity);
}

TEST(MakePlan, TakesTheBinaryAndTheProcessesFromTheirNumbers) {
  PlanRequest asked = request({"planned_first"});
  asked.execs.clear();
  asked.pids = {static_cast<std::uint32_t>(::getpid())};
  const RecordingPlan plan = make_plan(asked);
  EXPECT_EQ(plan.pids, asked.pids);
  EXPECT_EQ(names_of_functions(plan), Names{"planned_first"});
}

TEST(MakePlan, RefusesABinaryThatIsNotThere) {
  PlanRequest asked = request({"planned_first"});
  asked.execs = {"/no/such/binary"};
  EXPECT_NE(error_of(asked), "nothing thrown");
}

TEST(MakePlan, RefusesARequestOfWhichNothingIsThere) {
  EXPECT_EQ(error_of(request({"planned_nothing_like_it"})).find("nothing to record in "), 0u);
}

// Two functions and two USDT probes, the second of which has two sites.
class RecordingPlanTest : public testing::Test {
 protected:
  RecordingPlanTest() {
    PlannedFile& file = plan_.files.emplace_back();
    file.binary = {"/usr/bin/server", "/proc/12/exe"};
    file.build_id = "beef";
    file.functions = {{"f", 0x10}, {"g", 0x20}};
    file.attach_offsets = {0x14, 0x24};
    file.points = {
        {"server", "usdt:p", {{"server", "p", 0x1000, 0x100}}},
        {"server",
         "usdt:q",
         {{"server", "q", 0x1010, 0x110, 0x200}, {"server", "q", 0x1020, 0x120, 0x200}}}};
    file.arguments.resize(2);
    file.arguments[0].sites.resize(1);
    file.arguments[1].types = {{"mode", ArgumentType::Kind::kSigned, ""}};
    file.arguments[1].sites.resize(2);
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
                                    "usdt:q", plan_.files[0].arguments[1].types}));
}

TEST_F(RecordingPlanTest, DescribesWhatAServersExecutionsHaveFirst) {
  add_activity();
  const auto classes = plan_.classes();
  ASSERT_GT(classes.size(), 2u);
  EXPECT_EQ(classes.back().name, "usdt:q");
  EXPECT_NE(classes.front().name, "usdt:p");
}

TEST_F(RecordingPlanTest, GivesAllPlacesOfAUsdtProbeItsNumber) {
  const auto sites = plan_.sites_of(0);
  ASSERT_EQ(sites.size(), 3u);
  EXPECT_EQ(sites[0].site.probe, 2u);
  EXPECT_EQ(sites[1].site.probe, 3u);
  EXPECT_EQ(sites[2].site.probe, 3u);
  EXPECT_EQ(sites[2].offset, 0x120u);
  EXPECT_EQ(sites[2].semaphore_offset, 0x200u);
}

// The first of two files.
class PlanOfTwoFiles : public RecordingPlanTest {
 protected:
  PlanOfTwoFiles() {
    PlannedFile& file = plan_.files.emplace_back();
    file.binary = {"/usr/lib/library.so", "/usr/lib/library.so"};
    file.build_id = "cafe";
    file.functions = {{"g", 0x30}};
    file.attach_offsets = {0x34};
    file.points = {{"library", "usdt:r", {{"library", "r", 0x1030, 0x130}}}};
    file.arguments.resize(1);
    file.arguments[0].sites.resize(1);
  }
};

Names names_in(const ProbeTable& table, ProbeRange range) {
  Names names;
  for (const std::uint32_t probe : range)
    names.push_back(table.name(probe) + " of " + table.rows()[probe].binary);
  return names;
}

TEST_F(PlanOfTwoFiles, NumbersTheFunctionsOfBothBeforeTheUsdtProbes) {
  const ProbeTable table = plan_.probes();
  EXPECT_EQ(names_in(table, table.functions()),
            (Names{"f of /usr/bin/server", "g of /usr/bin/server", "g of /usr/lib/library.so"}));
  EXPECT_EQ(names_in(table, table.points()),
            (Names{"usdt:p of /usr/bin/server", "usdt:q of /usr/bin/server",
                   "usdt:r of /usr/lib/library.so"}));
  EXPECT_EQ(table.rows()[2].build_id, "cafe");
  EXPECT_EQ(table.rows()[2].file_offset, 0x34u);
}

TEST_F(PlanOfTwoFiles, KnowsWhichOfThemAreInWhich) {
  const ProbeTable table = plan_.probes();
  EXPECT_EQ(names_in(table, plan_.functions_of(0)),
            (Names{"f of /usr/bin/server", "g of /usr/bin/server"}));
  EXPECT_EQ(names_in(table, plan_.functions_of(1)), Names{"g of /usr/lib/library.so"});
  EXPECT_EQ(names_in(table, plan_.points_of(0)),
            (Names{"usdt:p of /usr/bin/server", "usdt:q of /usr/bin/server"}));
  EXPECT_EQ(names_in(table, plan_.points_of(1)), Names{"usdt:r of /usr/lib/library.so"});
}

TEST_F(PlanOfTwoFiles, GivesEachFileItsPlaces) {
  EXPECT_EQ(plan_.sites_of(0).size(), 3u);
  const auto sites = plan_.sites_of(1);
  ASSERT_EQ(sites.size(), 1u);
  EXPECT_EQ(sites[0].site.probe, 5u);
  EXPECT_EQ(sites[0].offset, 0x130u);
}

TEST_F(PlanOfTwoFiles, DescribesTheEventsOfBoth) {
  const auto classes = plan_.classes();
  ASSERT_EQ(classes.size(), 3u);
  EXPECT_EQ(classes[2].name, "usdt:r");
  EXPECT_EQ(value(classes[2].id), kFirstOtherClass + 2);
}

TEST_F(PlanOfTwoFiles, NamesBoth) {
  EXPECT_EQ(plan_.files_text(), "/usr/bin/server and /usr/lib/library.so");
}

// The C library, which this program has loaded.
std::string libc() {
  Dl_info found{};
  ::dladdr(reinterpret_cast<void*>(&::getpid), &found);
  return found.dli_fname;
}

TEST(MakePlan, LooksForEachNameInEachFile) {
  PlanRequest asked = request({"planned_first", "malloc"});
  asked.execs.push_back(libc());
  const RecordingPlan plan = make_plan(asked);
  EXPECT_EQ(names_of_functions(plan), (Names{"planned_first", "malloc"}));
  EXPECT_EQ(to_text(plan.not_probed), "");
}

TEST(MakePlan, TakesAFileOnceHoweverItIsNamed) {
  PlanRequest asked = request({"planned_first"});
  asked.execs.push_back("/proc/" + std::to_string(::getpid()) + "/exe");
  EXPECT_EQ(make_plan(asked).files.size(), 1u);
}

TEST(MakePlan, SaysWhichFileHasNoneOfTheNames) {
  PlanRequest asked = request({"planned_first"});
  asked.execs.push_back(libc());
  EXPECT_EQ(to_text(make_plan(asked).not_probed), libc() + ": it has none of the names");
}

}  // namespace
}  // namespace pgrec

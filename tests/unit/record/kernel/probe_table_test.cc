// Covers record/kernel/probe_table.h.
#include "record/kernel/probe_table.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

std::vector<std::uint32_t> numbers(const ProbeRange& range) {
  std::vector<std::uint32_t> all;
  for (const std::uint32_t probe : range)
    all.push_back(probe);
  return all;
}

Function function(const std::string& name, std::uint64_t offset = 0) {
  Function row;
  row.name = name;
  row.binary = "/usr/bin/server";
  row.file_offset = offset;
  return row;
}

ProbeTable::Point point(const std::string& name, std::uint32_t class_id) {
  ProbeTable::Point one;
  one.function = function(name, 64);
  one.events.id = ClassId{class_id};
  one.events.name = name;
  return one;
}

TEST(ProbeTable, NumbersFunctionsThenPointsThenTheHooks) {
  const ProbeTable table({function("a"), function("b")}, {point("p", 20)}, function("hook"));
  EXPECT_EQ(numbers(table.functions()), (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(numbers(table.points()), (std::vector<std::uint32_t>{2}));
  EXPECT_EQ(numbers(table.chosen()), (std::vector<std::uint32_t>{0, 1, 2}));
  EXPECT_EQ(table.hooks(), 3u);
  EXPECT_EQ(numbers(table.all()), (std::vector<std::uint32_t>{0, 1, 2, 3}));
}

TEST(ProbeTable, GivesEachRowItsNumberAndItsRole) {
  const ProbeTable table({function("a")}, {point("p", 20)}, function("hook"));
  ASSERT_EQ(table.rows().size(), table.size());
  for (const std::uint32_t probe : table.all())
    EXPECT_EQ(table.rows()[probe].id, FunctionId{probe});
  EXPECT_EQ(table.rows()[0].role, Function::Role::kCalls);
  EXPECT_EQ(table.rows()[1].role, Function::Role::kEvents);
  EXPECT_EQ(table.rows()[2].role, Function::Role::kActivity);
  EXPECT_EQ(table.name(1), "p");
}

TEST(ProbeTable, HasTheClassesOfItsPointsInTheirOrder) {
  const ProbeTable table({function("a")}, {point("p", 20), point("q", 21)}, function("hook"));
  ASSERT_EQ(table.classes().size(), 2u);
  EXPECT_EQ(table.classes()[0].id, ClassId{20});
  EXPECT_EQ(table.classes()[1].name, "q");
}

TEST(ProbeTable, HasTheHooksAloneWhereNothingElseIsProbed) {
  const ProbeTable table({}, {}, function("hook"));
  EXPECT_TRUE(table.chosen().empty());
  EXPECT_EQ(table.hooks(), 0u);
  EXPECT_EQ(table.all().size(), 1u);
}

TEST(ProbeTable, KnowsAtWhichFunctionsTheKernelTakesAStep) {
  const ProbeTable table({function("a"), function("b")}, {point("p", 20)}, function("hook"),
                         {false, true});
  EXPECT_FALSE(table.is_stepped(0));
  EXPECT_TRUE(table.is_stepped(1));
  EXPECT_FALSE(table.is_stepped(2));
  EXPECT_FALSE(table.is_stepped(table.hooks()));
  EXPECT_TRUE(table.any_stepped());
  EXPECT_FALSE(ProbeTable({function("a")}, {}, function("hook"), {false}).any_stepped());
  EXPECT_FALSE(ProbeTable({function("a")}, {}, function("hook")).any_stepped());
}

TEST(ProbeTable, FindsTheFunctionThatTheActivityHookIsOn) {
  EXPECT_EQ(ProbeTable({function("a", 16), function("b", 32)}, {}, function("hook", 32))
                .function_at_hooks(),
            1u);
}

TEST(ProbeTable, TakesAPointOrAnotherFileAtThatOffsetForNoSuchFunction) {
  Function other = function("b", 64);
  other.binary = "/usr/bin/other";
  EXPECT_EQ(ProbeTable({function("a", 16), other}, {point("p", 20)}, function("hook", 64))
                .function_at_hooks(),
            std::nullopt);
}

}  // namespace
}  // namespace pgrec

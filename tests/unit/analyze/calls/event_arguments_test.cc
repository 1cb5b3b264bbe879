// Covers analyze/calls/event_arguments.h: arguments by their names.
#include "analyze/calls/event_arguments.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

using Kind = ArgumentType::Kind;

const EventClass kWait{ClassId{20},
                       EventClass::Subject::kThread,
                       "usdt:lwlock__wait__start",
                       {{"tranche", Kind::kString, ""},
                        {"mode", Kind::kSigned, ""},
                        {"unreadable", Kind::kUnsigned, ""}}};

TEST(EventArguments, AreReadByTheirNames) {
  const ArgumentValues values = {std::string("WALWrite"), std::int64_t{1}, std::uint64_t{0}};
  EXPECT_EQ(arguments_text(&kWait, values), "tranche WALWrite, mode shared");
  EXPECT_EQ(arguments_json(&kWait, values),
            R"({"tranche": "WALWrite", "mode": 1, "unreadable": 0})");
  EXPECT_EQ(arguments_json(&kWait, values, {1}), R"({"mode": 1})");
}

TEST(EventArguments, HaveTheNamesOfModesWhereTheyAreModesOfLocks) {
  EventClass lock = kWait;
  EXPECT_EQ(value_text(lock, 1, std::int64_t{0}), "exclusive");
  EXPECT_EQ(value_text(lock, 1, std::int64_t{3}), "3");
  EXPECT_EQ(value_text(lock, 1, std::int64_t{-1}), "-1");
  lock.name = "usdt:lock__wait__start";
  EXPECT_EQ(value_text(lock, 1, std::uint64_t{8}), "AccessExclusive");
  lock.name = "usdt:open__mode";
  EXPECT_EQ(value_text(lock, 1, std::uint64_t{1}), "1");
}

TEST(EventArguments, OfAClassThatIsNotDescribedAreNone) {
  EXPECT_EQ(class_name(nullptr, ClassId{77}), "class 77");
  EXPECT_EQ(arguments_text(nullptr, {}), "");
  EXPECT_EQ(arguments_json(nullptr, {}), "{}");
}

TEST(EventArguments, SayThatOneCouldNotBeRead) {
  EXPECT_EQ(arguments_text(&kWait, {Argument{}, 0.5}), "tranche -, mode 0.5");
  EXPECT_EQ(arguments_json(&kWait, {Argument{}}), R"({"tranche": null})");
}

TEST(EventArguments, OfTwoClassesWithOneIdTheFirstHolds) {
  EventClass second = kWait;
  second.name = "second";
  const std::vector<EventClass> classes = {kWait, second};
  EXPECT_EQ(find_class(classes, ClassId{20}), &classes[0]);
  EXPECT_EQ(find_class(classes, ClassId{21}), nullptr);
}

TEST(EventArguments, KnowTheClassesOfExecutions) {
  EXPECT_TRUE(is_execution_class("execution.completed"));
  EXPECT_TRUE(is_execution_class("error"));
  EXPECT_TRUE(is_execution_class("idle-in-transaction"));
  EXPECT_FALSE(is_execution_class("usdt:lwlock__wait__start"));
}

}  // namespace
}  // namespace pgrec

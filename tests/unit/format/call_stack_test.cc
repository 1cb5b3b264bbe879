// Covers format/call_stack.h: the calls that a thread has open, one within the other.
#include "format/call_stack.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

CallStack stack_of(std::uint64_t calls) {
  CallStack stack;
  for (std::uint64_t id = 0; id < calls; ++id)
    stack.push().id = CallId{id};
  return stack;
}

TEST(CallStackTest, HasTheInnermostCallLast) {
  CallStack stack = stack_of(100);
  ASSERT_EQ(stack.size(), 100u);
  for (std::uint64_t id = 100; id-- > 0; stack.pop_back()) {
    EXPECT_EQ(stack.back().id, CallId{id});
    EXPECT_EQ(stack[0].id, CallId{0});
    EXPECT_EQ(stack.end() - stack.begin(), static_cast<std::ptrdiff_t>(id + 1));
  }
  EXPECT_TRUE(stack.empty());
}

TEST(CallStackTest, KnowsNothingOfTheCallsThatWereThereBefore) {
  CallStack stack;
  stack.push() = {CallId{1}, FunctionId{2}, from_ns(3), Duration(4), ExecutionId{5}};
  stack.pop_back();
  EXPECT_EQ(stack.push(), OpenCall{});
}

TEST(CallStackTest, IsEqualByTheCallsThatAreOpen) {
  CallStack longer = stack_of(9);
  EXPECT_NE(longer, stack_of(8));
  longer.pop_back();
  EXPECT_EQ(longer, stack_of(8));
  longer.back().children = Duration(1);
  EXPECT_NE(longer, stack_of(8));
}

TEST(CallStackTest, IsEmptyWhereItWasMovedFrom) {
  CallStack from = stack_of(3);
  CallStack to = std::move(from);
  EXPECT_EQ(to, stack_of(3));
  EXPECT_TRUE(from.empty());
  from.push().id = CallId{7};
  to = std::move(from);
  EXPECT_EQ(to.back().id, CallId{7});
  EXPECT_EQ(to.size(), 1u);
  EXPECT_TRUE(from.empty());
}

}  // namespace
}  // namespace pgrec

// Covers format/print/join.h: lists as text.
#include "format/print/join.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

namespace pgrec {
namespace {

TEST(Join, PutsTheSeparatorBetweenTheParts) {
  EXPECT_EQ(join(std::vector<std::string>{"a", "b", "c"}, ", "), "a, b, c");
  EXPECT_EQ(join(std::set<std::string>{"b", "a"}, "; "), "a; b");
}

TEST(Join, OfOnePartIsThePart) {
  EXPECT_EQ(join(std::vector<std::string>{"a"}, ", "), "a");
}

TEST(Join, OfNothingIsEmpty) {
  EXPECT_EQ(join(std::vector<std::string>{}, ", "), "");
}

TEST(Join, KeepsThePlaceOfAnEmptyPart) {
  EXPECT_EQ(join(std::vector<std::string>{"", "a", ""}, ","), ",a,");
}

TEST(Join, MakesTheTextOfEachPart) {
  const auto twice = [](int number) { return std::to_string(2 * number); };
  EXPECT_EQ(join(std::vector<int>{1, 2}, " ", twice), "2 4");
}

TEST(JoinFirst, SaysHowManyItDoesNotName) {
  const std::vector<std::string> names = {"a", "b", "c"};
  EXPECT_EQ(join_first(names, 4), "a, b, c");
  EXPECT_EQ(join_first(names, 3), "a, b, c");
  EXPECT_EQ(join_first(names, 2), "a, b and 1 more");
  EXPECT_EQ(join_first(std::vector<std::string>(1236, "a"), 1), "a and 1,235 more");
  EXPECT_EQ(join_first({}, 2), "");
}

TEST(Enumerate, PutsTheWordBeforeTheLast) {
  EXPECT_EQ(enumerate({}, "or"), "");
  EXPECT_EQ(enumerate({"a"}, "or"), "a");
  EXPECT_EQ(enumerate({"a", "b"}, "and"), "a and b");
  EXPECT_EQ(enumerate({"a", "b", "c"}, "or"), "a, b or c");
}

}  // namespace
}  // namespace pgrec

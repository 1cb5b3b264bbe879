// Covers analyze/calls/tree_nodes.h: the bounds of a tree, and trees that are put together.
#include "analyze/calls/tree_nodes.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

TEST(TreeNodes, AreFoundAgain) {
  TreeNodes nodes;
  std::vector<std::uint32_t> all;
  for (std::uint32_t i = 0; i < 3000; ++i)
    all.push_back(nodes.child(i < 1500 ? 0 : all[i - 1500], FunctionId{i}));
  ASSERT_EQ(nodes.all().size(), 3001u);
  for (std::uint32_t i = 0; i < 3000; ++i)
    ASSERT_EQ(nodes.child(i < 1500 ? 0 : all[i - 1500], FunctionId{i}), all[i]);
  EXPECT_EQ(nodes.at(all[2000]).depth, 2u);
  EXPECT_EQ(nodes.at(all[2000]).parent, all[500]);
}

TEST(TreeNodes, HaveOneNodeForPathsWithoutRoomInEachCaller) {
  TreeNodes nodes;
  for (std::uint32_t i = 0; i < TreeNodes::kMostNodes; ++i)
    ASSERT_FALSE(nodes.is_folded(nodes.child(0, FunctionId{i})));
  const std::uint32_t other = nodes.child(0, FunctionId{TreeNodes::kMostNodes});
  EXPECT_EQ(nodes.at(other).kind, TreeNodes::Kind::kOther);
  EXPECT_EQ(nodes.child(0, FunctionId{TreeNodes::kMostNodes + 1}), other);
  EXPECT_EQ(nodes.child(other, FunctionId{1}), other);
  const std::uint32_t known = nodes.child(0, FunctionId{5});
  EXPECT_EQ(nodes.at(nodes.child(known, FunctionId{1})).kind, TreeNodes::Kind::kOther);
  EXPECT_NE(nodes.child(known, FunctionId{1}), other);
}

TEST(TreeSums, AddUp) {
  TreeSums a, b;
  const std::uint32_t in_a = a.nodes.child(0, FunctionId{1});
  a.of(in_a) = {1, 1, 10, 0};
  a.of(0).inside_ns = 10;
  const std::uint32_t only_b = b.nodes.child(0, FunctionId{2});
  const std::uint32_t in_b = b.nodes.child(0, FunctionId{1});
  b.of(only_b) = {3, 2, 7, 0};
  b.of(in_b) = {1, 1, 5, 2};
  b.of(b.nodes.child(in_b, FunctionId{2})) = {1, 1, 2, 0};
  b.of(0).inside_ns = 12;
  a.merge(b);
  EXPECT_EQ(a.of(0).inside_ns, 22u);
  EXPECT_EQ(a.of(in_a).calls, 2u);
  EXPECT_EQ(a.of(in_a).total_ns, 15u);
  EXPECT_EQ(a.of(in_a).inside_ns, 2u);
  EXPECT_EQ(a.of(a.nodes.child(0, FunctionId{2})).returned, 2u);
  EXPECT_EQ(a.of(a.nodes.child(in_a, FunctionId{2})).total_ns, 2u);
}

// A node with one below it, of which there is room for neither: the time of both is that of one.
TEST(TreeSums, FoldPathsOfAnotherThatHaveNoRoom) {
  TreeSums full, other;
  for (std::uint32_t i = 0; i < TreeNodes::kMostNodes; ++i)
    full.nodes.child(0, FunctionId{i});
  const std::uint32_t outer = other.nodes.child(0, FunctionId{100'000});
  const std::uint32_t inner = other.nodes.child(outer, FunctionId{100'001});
  other.of(outer) = {1, 1, 50, 20};
  other.of(inner) = {2, 2, 20, 0};
  other.of(0).inside_ns = 50;
  full.merge(other);
  const TreeNodes::Sums& folded = full.of(full.nodes.child(0, {}, TreeNodes::Kind::kOther));
  EXPECT_EQ(folded.calls, 3u);
  EXPECT_EQ(folded.total_ns, 50u);
  EXPECT_EQ(folded.inside_ns, 0u);
}

}  // namespace
}  // namespace pgrec

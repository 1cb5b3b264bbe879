// Covers analyze/calls/call_tree.h, tree_chunk.h and tree_joiner.h: paths and their times, against
// a computation that looks at all calls; with every kind of selection, threads, damage and several
// files.
#include "analyze/calls/call_tree.h"

#include <gtest/gtest.h>

#include <map>

#include "analyze/calls/tree_chunk.h"
#include "analyze/calls/tree_joiner.h"
#include "tests/unit/analyze/calls/random_set.h"

namespace pgrec {
namespace {

using Path = std::vector<std::uint32_t>;
struct NodeFigures {
  std::uint64_t calls = 0, returned = 0;
  std::int64_t total = 0, self = 0;
  bool operator==(const NodeFigures&) const = default;
};
void PrintTo(const NodeFigures& figures, std::ostream* out) {
  *out << figures.calls << " calls, " << figures.returned << " returned, total " << figures.total
       << ", self " << figures.self;
}
using Tree = std::map<Path, NodeFigures>;

// Under the empty path the total of those without a caller.
Tree figures_of(const CallTree& tree) {
  Tree all;
  std::vector<Path> paths;
  for (const CallTree::Node& node : tree.nodes) {
    Path path;
    if (node.depth > 0) {
      path = paths[node.parent];
      path.push_back(value(node.function));
      EXPECT_EQ(path.size(), node.depth);
    }
    paths.push_back(path);
    const bool is_new = all.emplace(path, NodeFigures{node.calls, node.returned, node.total.count(),
                                                      node.self.count()})
                            .second;
    EXPECT_TRUE(is_new);
  }
  return all;
}

class NaiveTree {
 public:
  NaiveTree(const std::vector<test::CallOfSet>& calls, const CallSelection& selection)
      : selection_(selection) {
    for (const auto& one : calls)
      calls_.emplace(one.call.id, &one);
  }
  Tree tree() {
    all_[{}];
    for (const auto& [id, one] : calls_)
      add(*one);
    return all_;
  }

 private:
  bool counts(const Call& call) const {
    return call.duration && *call.duration >= selection_.at_least;
  }
  const Call* caller(const Call& call) const {
    const Call* one = &call;
    while (one->parent) {
      const auto found = calls_.find(*one->parent);
      if (found == calls_.end()) return nullptr;
      one = &found->second->call;
      if (test::wants(selection_, *one)) return one;
    }
    return nullptr;
  }
  Path path_of(const Call& call) const {
    const Call* const above = caller(call);
    Path path = above ? path_of(*above) : Path{};
    path.push_back(value(call.function));
    return path;
  }
  void add(const test::CallOfSet& one) {
    const Call& call = one.call;
    const bool has_time = counts(call);
    const bool is_counted = selection_.at_least > Duration{} ? has_time : one.is_seen;
    if (!test::wants(selection_, call) || !(has_time || is_counted)) return;
    const Path path = path_of(call);
    for (std::size_t depth = 1; depth < path.size(); ++depth)
      all_[Path(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(depth))];
    NodeFigures& own = all_[path];
    own.calls += is_counted ? 1 : 0;
    if (!has_time) return;
    ++own.returned;
    own.total += call.duration->count();
    own.self += call.duration->count();
    const Call* above = caller(call);
    while (above && !counts(*above))
      above = caller(*above);
    if (above) {
      all_[path_of(*above)].self -= call.duration->count();
    } else {
      all_[{}].total += call.duration->count();
    }
  }

  const CallSelection& selection_;
  std::map<CallId, const test::CallOfSet*> calls_;
  Tree all_;
};

void compare(const test::RandomSet& random) {
  const auto calls = random.calls();
  const test::RandomSelections selections(calls);
  for (int number = 0; number < test::RandomSelections::kAll; ++number) {
    const CallSelection selection = selections.make(number);
    const Tree expected = NaiveTree(calls, selection).tree();
    ASSERT_GT(expected.size(), 3u) << number;
    for (const unsigned threads : {1u, 3u}) {
      TraceSet set = random.open();
      const Tree found = figures_of(call_tree(set, selection, {threads}));
      ASSERT_EQ(found, expected) << "selection " << number << ", threads " << threads;
      std::int64_t self = 0;
      for (const auto& [path, figures] : found)
        self += figures.self;
      ASSERT_EQ(self, found.at({}).total) << number;
    }
  }
}

TEST(CallTreeOfRandomCalls, IsThatOfAComputationOverAllCalls) {
  for (std::uint32_t seed = 1; seed < 5; ++seed)
    compare(test::RandomSet(seed, 1, 12));
}

TEST(CallTreeOfRandomCalls, IsThatOfSeveralTraces) {
  compare(test::RandomSet(20, 3, 6));
}

TEST(CallTreeOfRandomCalls, IsThatOfWhatCanBeRead) {
  for (std::uint32_t seed = 30; seed < 34; ++seed) {
    const test::RandomSet random(seed, 2, 9);
    random.damage_chunk(4);
    compare(random);
  }
}

class CallTreeTest : public testing::Test {
 protected:
  void enter(std::uint32_t function, std::int64_t ns) {
    event({EventKind::kEnter, FunctionId{function}, {}, from_ns(ns), {}});
  }
  void end(std::int64_t ns, EventKind kind = EventKind::kReturned) {
    event({kind, {}, {}, from_ns(ns), {}});
  }
  void event(const Event& event) { writer_.append({7, 7}, std::span(&event, 1)); }
  CallTree tree(const CallSelection& selection = {}) {
    writer_.close(from_ns(1'000'000));
    TraceSet set(file_.reader());
    return call_tree(set, selection, {});
  }

  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
};

TEST_F(CallTreeTest, WithoutACallHasNoPath) {
  const CallTree empty = tree();
  ASSERT_EQ(empty.nodes.size(), 1u);
  EXPECT_EQ(empty.nodes[0].total, Duration{});
}

TEST_F(CallTreeTest, HasTheLongestFirstAndTimesOfRecursion) {
  enter(1, 0);
  enter(2, 10);
  end(20);
  enter(3, 20);
  enter(3, 25);
  writer_.cut();
  end(55);
  end(60);
  end(100);
  const CallTree found = tree();
  std::vector<std::string> rows;
  for (const CallTree::Node& node : found.nodes)
    rows.push_back(std::to_string(node.depth) + ": " + std::to_string(value(node.function)) + " " +
                   std::to_string(node.total.count()) + " " + std::to_string(node.self.count()));
  EXPECT_EQ(rows, (std::vector<std::string>{"0: 0 100 0", "1: 1 100 50", "2: 3 40 10", "3: 3 30 30",
                                            "2: 2 10 10"}));
}

// What is inside a call that an ERROR ended is inside the one around it, also where it began in a
// chunk before; where there is none, it is of the total.
TEST_F(CallTreeTest, MovesWhatIsInsideACallWithoutAReturnUp) {
  enter(1, 0);
  enter(2, 10);
  enter(3, 20);
  end(50);
  writer_.cut();
  enter(3, 60);
  end(70);
  end(80, EventKind::kUnwound);
  end(100);
  enter(2, 200);
  enter(3, 210);
  end(215);
  const CallTree found = tree();
  const Tree figures = figures_of(found);
  EXPECT_EQ(figures.at({}).total, 100 + 5);
  EXPECT_EQ(figures.at({1}), (NodeFigures{1, 1, 100, 60}));
  EXPECT_EQ(figures.at({1, 2}), (NodeFigures{1, 0, 0, 0}));
  EXPECT_EQ(figures.at({1, 2, 3}), (NodeFigures{2, 2, 40, 40}));
  EXPECT_EQ(figures.at({2}), (NodeFigures{1, 0, 0, 0}));
  EXPECT_EQ(figures.at({2, 3}), (NodeFigures{1, 1, 5, 5}));
}

TEST_F(CallTreeTest, FoldsWhatIsTooDeep) {
  const int depth = TreeNodes::kMostDepth + 10;
  for (int i = 0; i < depth; ++i)
    enter(1, i);
  writer_.cut();
  end(1000);
  end(1001, EventKind::kUnwound);
  for (int i = 2; i < depth; ++i)
    end(1000 + i);
  const CallTree found = tree();
  ASSERT_EQ(found.nodes.size(), TreeNodes::kMostDepth + 2u);
  ASSERT_TRUE(found.has(TreeNodes::Kind::kDeeper));
  EXPECT_FALSE(found.has(TreeNodes::Kind::kOther));
  const CallTree::Node& folded = found.nodes.back();
  EXPECT_EQ(folded.kind, TreeNodes::Kind::kDeeper);
  EXPECT_EQ(folded.calls, 10u);
  EXPECT_EQ(folded.returned, 9u);
  // That of the outermost of them, which began at 64.
  EXPECT_EQ(folded.total.count(), 1000 + 9 - 64);
  EXPECT_EQ(folded.self, folded.total);
  Duration self{};
  for (const CallTree::Node& node : found.nodes)
    self += node.self;
  EXPECT_EQ(self, found.nodes[0].total);
  EXPECT_EQ(found.nodes[0].total.count(), 1000 + depth - 1);
}

// The outermost that is folded has no time: those inside it have.
TEST_F(CallTreeTest, FoldsCallsInOneWithoutAReturn) {
  const int depth = TreeNodes::kMostDepth + 2;
  for (int i = 0; i < depth; ++i)
    enter(1, i);
  end(1000);
  writer_.cut();
  end(1001, EventKind::kUnwound);
  for (int i = 2; i < depth; ++i)
    end(1000 + i);
  const CallTree found = tree();
  const CallTree::Node& folded = found.nodes.back();
  EXPECT_EQ(folded.total.count(), 1000 - (depth - 1));
  EXPECT_EQ(folded.self, folded.total);
  EXPECT_EQ(found.nodes[TreeNodes::kMostDepth].self.count(),
            1002 - (TreeNodes::kMostDepth - 1) - folded.total.count());
}

TEST_F(CallTreeTest, HangsCallsBelowTheNearestCallerThatIsWanted) {
  enter(1, 0);
  enter(2, 10);
  enter(3, 20);
  end(50);
  end(60);
  end(100);
  CallSelection selection;
  selection.functions = {false, true, false, true};
  selection.other_functions = false;
  const Tree figures = figures_of(tree(selection));
  EXPECT_EQ(figures,
            (Tree{{{}, {0, 0, 100, 0}}, {{1}, {1, 1, 100, 70}}, {{1, 3}, {1, 1, 30, 30}}}));
}

}  // namespace
}  // namespace pgrec

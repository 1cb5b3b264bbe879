// Covers analyze/report/tree_view.h: call trees as people and as programs get them, and what is
// left out of them.
#include "analyze/report/tree_view.h"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

class TreeViewTest : public testing::Test {
 protected:
  TreeViewTest() {
    writer_.write(
        std::vector<Function>{{FunctionId{0}, Function::Role::kCalls, "run", "/p", "", 1},
                              {FunctionId{1}, Function::Role::kCalls, "scan", "/p", "", 2},
                              {FunctionId{2}, Function::Role::kCalls, "sort", "/p", "", 3}});
  }
  void enter(std::uint32_t function, std::int64_t ns, std::uint32_t pid = 7) {
    const Event event{EventKind::kEnter, FunctionId{function}, {}, from_ns(ns), {}};
    writer_.append({pid, pid}, std::span(&event, 1));
  }
  void end(std::int64_t ns, EventKind kind = EventKind::kReturned, std::uint32_t pid = 7) {
    const Event event{kind, {}, {}, from_ns(ns), {}};
    writer_.append({pid, pid}, std::span(&event, 1));
  }
  // A run with two scans, one of which fails, and a sort of a thousandth less than nothing.
  void write() {
    enter(0, 0);
    enter(1, 100'000);
    end(400'000);
    enter(1, 400'000);
    end(500'000, EventKind::kUnwound);
    enter(2, 600'000);
    end(600'900);
    end(1'000'000);
    writer_.close(from_ns(1'000'000));
  }
  NotedTables view(const TreeOptions& options, const Filters& filters = {}) const {
    Analysis analysis({file_.path()}, filters, 2);
    return tree_view(analysis, options);
  }
  static std::string printed(const NotedTables& view, OutputFormat format) {
    std::ostringstream out;
    print(out, view.tables, format);
    return out.str();
  }

  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
};

TEST_F(TreeViewTest, IsATreeToLookAt) {
  write();
  const NotedTables found = view({});
  EXPECT_EQ(printed(found, OutputFormat::kText),
            "  total    self  share %  calls  not returned  function\n"
            "1.00 ms  699 us   100.00      1             -  run\n"
            " 300 us  300 us    30.00      2             1  \u00B7 scan\n");
  EXPECT_EQ(found.notes, "1 path below 0.1 % of the total left out; --limit shows more\n");
}

TEST_F(TreeViewTest, IsATableOfAllPathsForPrograms) {
  write();
  const NotedTables found = view({0, false});
  EXPECT_EQ(printed(found, OutputFormat::kCsv),
            "node,parent,depth,function,path,calls,not_returned,total_ns,self_ns,share_percent\n"
            "1,,0,run,run,1,0,1000000,699100,100\n"
            "2,1,1,scan,run;scan,2,1,300000,300000,30\n"
            "3,1,1,sort,run;sort,1,0,900,900,0.09\n");
  EXPECT_EQ(found.notes, "");
}

TEST_F(TreeViewTest, KeepsThePathsWithTheMostTime) {
  write();
  for (const bool for_people : {true, false}) {
    const NotedTables found = view({2, for_people});
    EXPECT_EQ(found.tables[0].rows.size(), 2u);
    EXPECT_EQ(found.notes, "1 path with less time left out\n");
    EXPECT_EQ(view({3, for_people}).tables[0].rows.size(), 3u);
  }
}

TEST_F(TreeViewTest, IsOfTheWantedCalls) {
  write();
  Filters filters;
  filters.pids = {8};
  const NotedTables found = view({}, filters);
  EXPECT_TRUE(found.tables[0].rows.empty());
  EXPECT_EQ(found.notes, "");
}

// A caller that did not return has no time, but is not left out before those that it called.
TEST_F(TreeViewTest, KeepsTheCallersOfWhatItShows) {
  enter(0, 0, 8);
  enter(1, 0, 8);
  end(500, EventKind::kReturned, 8);
  end(600, EventKind::kUnwound, 8);
  enter(2, 0);
  end(400);
  writer_.close(from_ns(1000));
  EXPECT_EQ(printed(view({2, false}), OutputFormat::kCsv),
            "node,parent,depth,function,path,calls,not_returned,total_ns,self_ns,share_percent\n"
            "2,,0,run,run,1,1,0,0,0\n"
            "3,2,1,scan,run;scan,1,0,500,500,55.55555555555556\n");
}

TEST_F(TreeViewTest, SaysWhatStandsForCallsThatAreNotToldApart) {
  write();
  CallTree tree;
  tree.nodes.push_back({0, 0, TreeNodes::Kind::kFunction, {}, 0, 0, Duration(100), {}});
  for (std::uint32_t i = 0; i < 10; ++i)
    tree.nodes.push_back(
        {i, i + 1, TreeNodes::Kind::kFunction, FunctionId{1}, 1, 1, Duration(100), {}});
  tree.nodes.push_back({10, 11, TreeNodes::Kind::kDeeper, {}, 4, 4, Duration(60), Duration(60)});
  tree.nodes.push_back({10, 11, TreeNodes::Kind::kOther, {}, 2, 2, Duration(40), Duration(40)});
  const NotedTables found = tree_view(TraceSet(file_.reader()), tree, {});
  const auto& rows = found.tables[0].rows;
  ASSERT_EQ(rows.size(), 12u);
  EXPECT_EQ(rows[8].back(),
            SqlValue("\u00B7 \u00B7 \u00B7 \u00B7 \u00B7 \u00B7 \u00B7 \u00B7 scan"));
  EXPECT_EQ(rows[9].back(), SqlValue("\u00B79 scan"));
  EXPECT_EQ(rows[10].back(), SqlValue("\u00B710 \u2026"));
  EXPECT_EQ(rows[11].back(), SqlValue("\u00B710 other"));
  EXPECT_EQ(found.notes,
            "\u2026 stands for calls that are more than 64 deep\n"
            "other stands for calls of further paths: pgrec tells 65,536 apart\n");
}

}  // namespace
}  // namespace pgrec

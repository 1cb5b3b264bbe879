// Covers analyze/filter/left_out.h and nothing.h: how a report says what its filters leave out, and
// that they leave out everything.
#include "analyze/filter/left_out.h"

#include "analyze/filter/nothing.h"
#include "tests/unit/analyze/filter/filtered_trace.h"

namespace pgrec {
namespace {

using Texts = std::vector<std::string>;

class LeftOutTest : public test::FilteredTrace {
 protected:
  std::string line(const Filters& filters) const {
    Analysis one = analysis(filters);
    return left_out_line(one);
  }
  Texts reasons(const Filters& filters) const {
    Analysis one = analysis(filters);
    return find_nothing(one).reasons;
  }
};

TEST_F(LeftOutTest, IsNothingWithoutFilters) {
  EXPECT_EQ(line({}), "");
}

TEST_F(LeftOutTest, NamesEachFilterAndCountsExecutions) {
  EXPECT_EQ(line({.functions = {"heap_insert"}}), "only: heap_insert of 3 functions");
  EXPECT_EQ(line({.pids = {7, 9}, .from = "100ms", .to = "-500ms"}),
            "only: pids 7, 9; from 100 ms to 500 ms");
  EXPECT_EQ(line({.from = "2026-11-21"}), "only: from the beginning");
  EXPECT_EQ(line({.queries = {"2"}}),
            "only: statement 2 (UPDATE orders SET a = $1); 1 of 3 executions");
  EXPECT_EQ(line({.queries = {"41", "orders"}}),
            "only: query id 41 (statement 1, SELECT a FROM orders WHERE id = $1) or text like "
            "'orders' (2 statements); 2 of 3 executions");
  EXPECT_EQ(line({.databases = {"shop,shop2"}, .outcomes = {"completed"}, .min_duration = "1ms"}),
            "only: database shop or shop2; outcome completed; calls of at least 1.00 ms; none of "
            "database shop2; 2 of 3 executions");
  EXPECT_EQ(line({.threshold = "50ms"}), "only: executions of at least 50.0 ms; 2 of 3 executions");
}

TEST_F(LeftOutTest, IsDataForPrograms) {
  Analysis one =
      analysis({.functions = {"*_insert"}, .from = "1ms", .to = "-1ms", .queries = {"orders"}});
  std::vector<std::pair<std::string, std::string>> all;
  for (const LetThrough& filter : let_through(one))
    all.emplace_back(filter.key, filter.value);
  EXPECT_EQ(all, (std::vector<std::pair<std::string, std::string>>{
                     {"functions", "heap_insert,index_insert"},
                     {"from_ns", "1000000"},
                     {"to_ns", "999000000"},
                     {"statements", "1,2"},
                     {"executions", "2"}}));
}

TEST_F(LeftOutTest, IsNotEverythingWhereSomethingIsLetThrough) {
  EXPECT_EQ(reasons({}), Texts{});
  EXPECT_EQ(reasons({.functions = {"heap_insert"},
                     .pids = {9},
                     .from = "1ms",
                     .databases = {"other"},
                     .min_duration = "5ms"}),
            Texts{});
  // No execution, but a call of one that began before.
  EXPECT_EQ(reasons({.from = "420ms", .to = "500ms", .databases = {"shop"}}), Texts{});
}

TEST_F(LeftOutTest, IsEverythingByFiltersThatAloneLetNothingThrough) {
  EXPECT_EQ(reasons({.databases = {"shop2"}, .users = {"alice"}}),
            (Texts{"--database shop2; there are other and shop"}));
  EXPECT_EQ(
      reasons({.applications = {"web"}, .outcomes = {"open"}}),
      (Texts{"--application web; there is psql", "--outcome open; there are completed and error"}));
  EXPECT_EQ(reasons({.queries = {"DELETE"}}),
            (Texts{"--query DELETE; there are 3 statements, which --by-query lists"}));
  EXPECT_EQ(reasons({.threshold = "1s"}),
            (Texts{"--threshold 1s; the longest execution took 300 ms"}));
  EXPECT_EQ(reasons({.min_duration = "1s"}),
            (Texts{"--min-duration 1s; the longest call took 20.0 ms"}));
  EXPECT_EQ(reasons({.pids = {10}}), (Texts{"-p 10; there are 7, 8 and 9"}));
  EXPECT_EQ(reasons({.from = "2s"}), (Texts{"--from 2s; the recording takes 1.00 s"}));
  EXPECT_EQ(reasons({.to = "2026-11-20"}), (Texts{"--to 2026-11-20; the recording takes 1.00 s"}));
  EXPECT_EQ(reasons({.from = "500ms", .to = "200ms"}),
            (Texts{"--from 500ms --to 200ms; it ends before it begins"}));
}

TEST_F(LeftOutTest, IsEverythingByFiltersThatLetNothingThroughTogether) {
  EXPECT_EQ(reasons({.databases = {"shop"}, .users = {"bob"}}),
            (Texts{"no execution matches all of these filters"}));
}

TEST_F(LeftOutTest, SaysWhatThereIs) {
  Analysis one = analysis({.databases = {"shop2"}});
  EXPECT_EQ(nothing_text(find_nothing(one)),
            "nothing matches: --database shop2; there are other and shop\n"
            "\n"
            "there is:\n"
            "  time           0 ns to 1.00 s, from 2026-11-21T04:41:33.5Z\n"
            "  executions     3\n"
            "  databases      other, shop\n"
            "  users          alice, bob\n"
            "  applications   psql\n"
            "  backend types  client backend\n"
            "  outcomes       completed, error\n"
            "  pids           7, 8, 9\n"
            "  functions      heap_insert, index_insert\n");
}

}  // namespace
}  // namespace pgrec

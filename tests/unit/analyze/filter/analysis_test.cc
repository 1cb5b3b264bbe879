// Covers analyze/filter/analysis.h, filters.h, function_choice.h, statement_choice.h and
// chosen_executions.h: which executions and calls each filter wants.
#include "analyze/filter/analysis.h"

#include "analyze/filter/chosen_executions.h"
#include "analyze/filter/filters.h"
#include "analyze/filter/function_choice.h"
#include "analyze/filter/statement_choice.h"
#include "tests/unit/analyze/filter/filtered_trace.h"

namespace pgrec {
namespace {

using test::error_of;
using test::Ids;

class AnalysisTest : public test::FilteredTrace {
 protected:
  // With one thread and with three.
  Ids executions(const Filters& filters) const {
    Analysis one = analysis(filters), three = analysis(filters, 3);
    const Ids ids = executions_of(one);
    EXPECT_EQ(executions_of(three), ids);
    return ids;
  }
  Ids calls(const Filters& filters) const {
    Analysis one = analysis(filters), three = analysis(filters, 3);
    const Ids ids = calls_of(one);
    EXPECT_EQ(calls_of(three), ids);
    return ids;
  }
  Ids of_query(const std::string& query) const { return executions({.queries = {query}}); }
  std::string taken(const std::string& query) const {
    Analysis one = analysis({.queries = {query}});
    return taken_for(one.queries().at(0));
  }
};

TEST_F(AnalysisTest, WithoutFiltersWantsAll) {
  EXPECT_EQ(executions({}), (Ids{0, 2, 3}));
  EXPECT_EQ(calls({}), (Ids{100, 120, 200, 400, 450, 600}));
  Analysis all = analysis();
  EXPECT_TRUE(all.is_all());
  EXPECT_FALSE(all.chosen());
}

TEST_F(AnalysisTest, WantsFunctionsByNamesAndGlobs) {
  EXPECT_EQ(calls({.functions = {"index_insert"}}), (Ids{450}));
  EXPECT_EQ(calls({.functions = {"index*, never_called"}}), (Ids{450}));
  EXPECT_EQ(calls({.functions = {"*_insert"}}), (Ids{100, 120, 200, 400, 450, 600}));
  EXPECT_EQ(calls({.functions = {"never_called"}}), Ids{});
  EXPECT_EQ(executions({.functions = {"never_called"}}), (Ids{0, 2, 3}));
}

TEST_F(AnalysisTest, RefusesFunctionsThatAreNotThere) {
  const auto error = [&](const char* name) {
    Analysis one = analysis({.functions = {name}});
    return error_of([&] { one.calls(); });
  };
  EXPECT_EQ(error("heap_insrt"),
            "no function heap_insrt in " + file_.path() + " / did you mean heap_insert?");
  EXPECT_EQ(error("xyz*"),
            "no function like xyz* in " + file_.path() + " / pgrec info lists the functions");
}

TEST_F(AnalysisTest, WantsProcessesAndTimesByWhatBeginsInThem) {
  EXPECT_EQ(executions({.pids = {7}}), (Ids{0, 2}));
  EXPECT_EQ(calls({.pids = {8, 9}}), (Ids{120, 400, 600}));
  EXPECT_EQ(executions({.from = "200ms", .to = "400ms"}), (Ids{2}));
  EXPECT_EQ(calls({.from = "200ms", .to = "400ms"}), (Ids{200}));
  EXPECT_EQ(calls({.from = "-400ms"}), (Ids{600}));
  EXPECT_EQ(calls({.from = "04:41:33.95"}), (Ids{450, 600}));
  Analysis one = analysis({.pids = {7}, .from = "1ms"});
  EXPECT_FALSE(one.chosen());
}

TEST_F(AnalysisTest, WantsExecutionsByWhoRanThemAndHowTheyEnded) {
  EXPECT_EQ(executions({.databases = {"shop"}}), (Ids{0, 2}));
  EXPECT_EQ(executions({.databases = {"shop,other"}}), (Ids{0, 2, 3}));
  EXPECT_EQ(executions({.users = {"bob", "carol"}}), (Ids{3}));
  EXPECT_EQ(executions({.applications = {"psql"}}), (Ids{0, 2, 3}));
  EXPECT_EQ(executions({.backend_types = {"client backend"}}), (Ids{0, 2, 3}));
  EXPECT_EQ(executions({.outcomes = {"error"}}), (Ids{3}));
  EXPECT_EQ(executions({.threshold = "50ms"}), (Ids{0, 2}));
  EXPECT_EQ(executions({.databases = {"shop"}, .users = {"bob"}}), Ids{});
}

TEST_F(AnalysisTest, WantsCallsOfTheseExecutionsAndOfTheirWorkers) {
  EXPECT_EQ(calls({.databases = {"shop"}}), (Ids{100, 120, 200, 450}));
  EXPECT_EQ(calls({.outcomes = {"completed"}}), (Ids{100, 120, 200, 450}));
  EXPECT_EQ(calls({.queries = {"#1"}}), (Ids{100, 120}));
  EXPECT_EQ(calls({.threshold = "300ms"}), (Ids{200, 450}));
  // The worker's own would want it, but that of its leader decides.
  EXPECT_EQ(calls({.backend_types = {"parallel worker"}}), Ids{});
  EXPECT_EQ(calls({.pids = {8}, .queries = {"#1"}}), (Ids{120}));
}

// An execution that began before has calls in the range: they are wanted with or without a filter
// that its execution passes.
TEST_F(AnalysisTest, WantsCallsInTheRangeOfExecutionsThatBeganBefore) {
  EXPECT_EQ(calls({.from = "420ms", .to = "500ms"}), (Ids{450}));
  EXPECT_EQ(calls({.from = "420ms", .to = "500ms", .databases = {"shop"}}), (Ids{450}));
  EXPECT_EQ(executions({.from = "420ms", .to = "500ms", .databases = {"shop"}}), Ids{});
}

TEST_F(AnalysisTest, WantsCallsByTheirDuration) {
  EXPECT_EQ(calls({.min_duration = "6ms"}), (Ids{450}));
  EXPECT_EQ(calls({.min_duration = "5ms"}), (Ids{100, 120, 200, 400, 450, 600}));
  EXPECT_EQ(calls({.min_duration = "21ms"}), Ids{});
}

TEST_F(AnalysisTest, CountsWhatItChooses) {
  Analysis one = analysis({.pids = {7, 9}, .databases = {"shop,shop2"}, .users = {"alice"}}, 3);
  EXPECT_EQ(one.chosen()->wanted, 2u);
  EXPECT_EQ(one.chosen()->all, 3u);
  EXPECT_EQ(one.names_of_none(), (std::vector<std::string>{"database shop2"}));
}

TEST_F(AnalysisTest, TakesAQueryForTheFirstThatThereIs) {
  Analysis all = analysis();
  const std::string fingerprint = *all.statements().fingerprint(all.statements().rows()[2]);
  EXPECT_EQ(of_query("1"), (Ids{0}));
  EXPECT_EQ(of_query("#2"), (Ids{2}));
  EXPECT_EQ(of_query("41"), (Ids{0}));
  EXPECT_EQ(of_query("-42"), (Ids{2}));
  EXPECT_EQ(of_query(fingerprint), (Ids{3}));
  EXPECT_EQ(of_query("select $1"), (Ids{3}));
  EXPECT_EQ(of_query("ORDERS"), (Ids{0, 2}));
  EXPECT_EQ(of_query("select*where"), (Ids{0}));
  EXPECT_EQ(of_query("where*select"), Ids{});
  EXPECT_EQ(of_query("1, #2"), (Ids{0, 2}));
  EXPECT_EQ(of_query("#41"), Ids{});
  EXPECT_EQ(taken("1"), "statement 1");
  EXPECT_EQ(taken("41"), "query id 41");
  EXPECT_EQ(taken(fingerprint), "fingerprint " + fingerprint);
  EXPECT_EQ(taken("orders"), "text like 'orders'");
  EXPECT_EQ(taken("40"), "statement 40");
  EXPECT_EQ(taken("-40"), "query id -40");
  EXPECT_EQ(taken("0123456789abcdef"), "fingerprint 0123456789abcdef");
}

TEST(StatementChoiceTest, SplitsListsOfIdsButNoTexts) {
  EXPECT_EQ(split_queries({"1,#2, -3", "9a848d5e6672b3de"}),
            (std::vector<std::string>{"1", "#2", "-3", "9a848d5e6672b3de"}));
  EXPECT_EQ(split_queries({"SELECT a, b", "1, x"}),
            (std::vector<std::string>{"SELECT a, b", "1, x"}));
}

TEST(FiltersTest, RefuseWhatCannotBeOne) {
  const auto error = [](const Filters& filters) {
    return error_of([&] { read_filters(filters); });
  };
  EXPECT_EQ(error({.outcomes = {"eror"}}),
            "--outcome: there is no outcome 'eror' / did you mean error?");
  EXPECT_EQ(error({.outcomes = {"happy"}}),
            "--outcome: there is no outcome 'happy' / one of completed, error, suspended, not-run, "
            "ended, open or exit-lost");
  EXPECT_EQ(error({.databases = {","}}),
            "--database: it names nothing / give a name, or leave it out");
  EXPECT_EQ(error({.queries = {""}}), "--query: it names nothing / give a name, or leave it out");
  EXPECT_EQ(error({.threshold = "soon"}),
            "--threshold: cannot read 'soon' / write it like 30s, 100ms or 2m");
}

TEST(FunctionChoiceTest, KnowsGlobs) {
  EXPECT_TRUE(is_glob("heap_*"));
  EXPECT_FALSE(is_glob("heap_insert"));
  EXPECT_TRUE(matches_glob("heap_[i-k]*", "heap_insert"));
  EXPECT_FALSE(matches_glob("heap_?", "heap_insert"));
}

}  // namespace
}  // namespace pgrec

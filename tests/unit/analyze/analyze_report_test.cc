// Covers analyze/analyze_report.h, analyze/report/view_options.h and analyze/report/set_notes.h:
// the parts of a report. Whole screens: tests/golden/analyze.golden.
#include "analyze/analyze_report.h"

#include <fcntl.h>

#include <sstream>

#include "analyze/report/set_notes.h"
#include "analyze/report/view_options.h"
#include "tests/unit/analyze/filter/filtered_trace.h"

namespace pgrec {
namespace {

using test::error_of;

const View* view(const std::string& option) {
  for (const View& one : views()) {
    if (one.option == option) return &one;
  }
  return nullptr;
}

class AnalyzeReportTest : public test::FilteredTrace {
 protected:
  std::string report(const ReportRequest& request, const Filters& filters = {}) const {
    Analysis one = analysis(filters);
    std::ostringstream out;
    write_report(out, one, request);
    return out.str();
  }
};

TEST_F(AnalyzeReportTest, OfTheSummaryNamesFunctionsWithoutCallsAndWhatToAskNext) {
  const std::string text = report({.words = {"pgrec", "analyze", "x.pgt"}});
  EXPECT_NE(text.find("\nheap_insert   "), std::string::npos) << text;
  EXPECT_EQ(text.find("\nnever_called "), std::string::npos) << text;
  EXPECT_NE(text.find("\nno calls of: never_called\n"), std::string::npos) << text;
  EXPECT_TRUE(
      text.ends_with("\n\nnext: pgrec analyze x.pgt --by-query   where each statement "
                     "spent its time\n"))
      << text;
  const std::string csv = report({.format = OutputFormat::kCsv});
  EXPECT_NE(csv.find("\nnever_called,0,"), std::string::npos) << csv;
}

TEST_F(AnalyzeReportTest, SaysFirstWhatIsLeftOut) {
  const ReportRequest slow{.views = {{view("--slow"), "5"}}};
  EXPECT_TRUE(report(slow, {.threshold = "50ms"})
                  .starts_with("only: executions of at least 50.0 ms; 2 of 3 executions\n\n"));
  EXPECT_TRUE(report(slow, {.threshold = "1h"})
                  .starts_with("nothing matches: --threshold 1h; the longest execution took 300 "
                               "ms\n\nthere is:\n"));
}

TEST_F(AnalyzeReportTest, AsJsonHasTheFiltersAndTheFiles) {
  const ReportRequest slow{.views = {{view("--slow"), "5"}}, .format = OutputFormat::kJson};
  const std::string json = report(slow, {.threshold = "50ms"});
  EXPECT_NE(json.find("\"filters\": [\n"
                      "  {\"key\": \"threshold_ns\", \"value\": \"50000000\"},\n"
                      "  {\"key\": \"executions\", \"value\": \"2\"}\n],\n\"trace\": ["),
            std::string::npos)
      << json;
  EXPECT_EQ(report(slow).find("\"filters\""), std::string::npos);
}

TEST_F(AnalyzeReportTest, SortsAndLimitsTheFirstTable) {
  const std::string csv =
      report({.format = OutputFormat::kCsv, .sort = parse_sort_key("function:asc"), .limit = 2});
  EXPECT_NE(csv.find("\nheap_insert,"), std::string::npos) << csv;
  EXPECT_EQ(csv.find("\nnever_called,"), std::string::npos) << csv;
}

TEST(AnalyzeRequestTest, IsRefusedWhereItsPartsDoNotGoTogether) {
  EXPECT_EQ(error_of([] {
              check_request({.views = {{view("--by-pid")}, {view("--slow"), "5"}},
                             .format = OutputFormat::kCsv});
            }),
            "--format csv holds one table, and 2 views were asked for / ask for one view at a "
            "time, or for --format json");
  EXPECT_EQ(error_of([] {
              check_request({.views = {{view("--by-pid")}, {view("--slow"), "5"}},
                             .format = OutputFormat::kJson});
            }),
            "nothing thrown");
}

TEST_F(AnalyzeReportTest, ViewsReadTheirValues) {
  Analysis one = analysis();
  const auto rows = [&](const std::string& most) {
    return view("--slow")->make(one, {}, most).tables.front().rows.size();
  };
  EXPECT_EQ(rows("2"), 2u);
  EXPECT_EQ(error_of([&] { rows("many"); }), "--slow: cannot read 'many' / --slow=20");
  EXPECT_EQ(error_of([&] { rows("0"); }), "--slow: how many must be above zero / --slow=20");
}

// Two recordings, of which the first was not closed.
TEST(SetNotesTest, TellOfEachFile) {
  test::TraceFile a, b;
  for (const test::TraceFile* file : {&a, &b}) {
    TraceWriter writer = file->writer();
    writer.write(Metadata{{"recorded.at", "2026-11-21T04:41:33Z"},
                          {"recorded.at_ns", file == &a ? "1000" : "1001"},
                          {"host.name", file == &a ? "one" : "two"},
                          {"host.kernel", "6.1"},
                          {"host.cpus", "2"},
                          {"server.binary", "/bin/postgres"},
                          {"server.version", "15.1"}});
    if (file == &b) writer.close(from_ns(5));
  }
  const TraceSet set({a.path(), b.path()});
  const std::string text = set_headline(set);
  EXPECT_NE(text.find(": 2 files of 2 recordings, "), std::string::npos) << text;
  EXPECT_NE(text.find("\nserver: /bin/postgres, PostgreSQL 15.1\n"
                      "host:   one, Linux 6.1, 2 CPUs; two, Linux 6.1, 2 CPUs\n"
                      "lost:   0 events\n"),
            std::string::npos)
      << text;
  const Table table = trace_table(set);
  ASSERT_EQ(table.rows.size(), 2u);
  EXPECT_EQ(table.rows[1][0], SqlValue(b.path()));
  testing::internal::CaptureStderr();
  EXPECT_EQ(warn_if_not_whole(set), kExitDamaged);
  EXPECT_NE(testing::internal::GetCapturedStderr().find(a.path() + " was not closed"),
            std::string::npos);
}

}  // namespace
}  // namespace pgrec

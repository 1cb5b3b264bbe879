// Covers analyze/report/histogram_view.h: the histograms of several functions, as text and as
// tables. The drawing of one: format/print/histogram_test.cc.
#include "analyze/report/histogram_view.h"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/unit/trace_file.h"

namespace pgrec {
namespace {

Histogram histogram(const std::string& name, std::vector<Bucket> buckets) {
  Histogram one;
  one.function = name;
  for (const Bucket& bucket : buckets) {
    one.profile.calls += bucket.calls;
    one.profile.total += bucket.total;
  }
  one.profile.returned = one.profile.calls;
  one.profile.exact = true;
  one.profile.buckets = std::move(buckets);
  return one;
}

std::string printed(const Histograms& histograms) {
  std::ostringstream out;
  print_histograms(out, histograms);
  return out.str();
}

std::string csv(const Table& table) {
  std::ostringstream out;
  print(out, {table}, OutputFormat::kCsv);
  return out.str();
}

TEST(PrintHistograms, SeparatesThemByALine) {
  EXPECT_EQ(printed({}), "");
  Histograms all;
  all.all = {histogram("f", {}), histogram("g", {})};
  EXPECT_EQ(printed(all), "f: 0 calls\n\ng: 0 calls\n");
}

TEST(PrintHistograms, EndsWithWhatIsToBeSaidOfAll) {
  Histograms all;
  all.all = {histogram("f", {})};
  all.without_calls = {"g", "h"};
  all.left_out = 2;
  all.notes = "percentiles are so\n";
  EXPECT_EQ(printed(all),
            "f: 0 calls\n\nno calls of: g, h\n\n2 histograms with less time left out\n\n"
            "percentiles are so\n");
}

TEST(HistogramTables, HaveTheBucketsOfAllFunctionsAndTheirFigures) {
  Histograms all;
  all.all = {histogram("f", {{2, 3, 2, Duration(5)}, {4, 7, 1, Duration(6)}})};
  all.without_calls = {"g"};
  DurationProfile& profile = all.all[0].profile;
  profile.calls = 5;
  profile.p50 = Duration(3);
  profile.p90 = Duration(5);
  profile.p99 = profile.max = Duration(6);
  const std::vector<Table> tables = histogram_tables(all);
  ASSERT_EQ(tables.size(), 2u);
  EXPECT_EQ(csv(tables[0]),
            "function,from_ns,to_ns,calls,time_ns\n"
            "f,2,3,2,5\n"
            "f,4,7,1,6\n");
  EXPECT_EQ(
      csv(tables[1]),
      "function,calls,returned,total_ns,mean_ns,p50_ns,p90_ns,p99_ns,max_ns,exact,short_calls,"
      "max_at_most_ns\n"
      "f,5,3,11,3,3,5,6,6,1,0,\n"
      "g,0,0,0,0,0,0,0,0,0,0,\n");
  profile.short_calls = 2;
  profile.max_known = profile.exact = false;
  const std::string filtered = csv(histogram_tables(all)[1]);
  EXPECT_NE(filtered.find("f,5,3,11,3,3,5,6,,0,2,6\n"), std::string::npos) << filtered;
}

class HistogramViewTest : public testing::Test {
 protected:
  HistogramViewTest() {
    writer_.write(std::vector<Function>{{FunctionId{0}, Function::Role::kCalls, "f", "/p", "", 1},
                                        {FunctionId{1}, Function::Role::kCalls, "g", "/p", "", 2},
                                        {FunctionId{2}, Function::Role::kCalls, "h", "/p", "", 3}});
    writer_.write(std::vector<Process>{
        {7, "postgres: alice shop [local] SELECT", "psql", from_ns(0), std::nullopt}});
    call(7, 0, 100);
    call(7, 0, 119);
    call(7, 1, 3);
    call(8, 0, 500);
    writer_.close(now_);
  }
  void call(std::uint32_t pid, std::uint32_t function, std::int64_t ns) {
    Event events[2];
    events[0].function = FunctionId{function};
    events[0].ts = now_;
    events[1].kind = EventKind::kReturned;
    events[1].ts = now_ += Duration(ns);
    writer_.append({pid, pid}, events);
  }

  test::TraceFile file_;
  TraceWriter writer_ = file_.writer();
  Timestamp now_{};
};

TEST_F(HistogramViewTest, IsOfTheWantedCalls) {
  Filters filters;
  filters.pids = {7};
  Analysis analysis({file_.path()}, filters, 2);
  const Histograms all = histograms(analysis, {});
  EXPECT_EQ(csv(histogram_tables(all)[0]),
            "function,from_ns,to_ns,calls,time_ns\n"
            "f,64,127,2,219\n"
            "g,2,3,1,3\n");
  EXPECT_EQ(all.without_calls, std::vector<std::string>{"h"});
  EXPECT_EQ(all.notes, "");
}

TEST_F(HistogramViewTest, HasRowsOfEqualWidth) {
  Filters filters;
  filters.pids = {7};
  Analysis analysis({file_.path()}, filters, 1);
  HistogramOptions options;
  options.linear = true;
  options.limit = 1;
  const Histograms all = histograms(analysis, options);
  ASSERT_EQ(all.all.size(), 1u);
  EXPECT_EQ(all.left_out, 1u);
  const auto& rows = all.all[0].profile.buckets;
  ASSERT_EQ(rows.size(), 20u);
  EXPECT_EQ(rows[0].calls, 1u);
  EXPECT_EQ(rows[19].calls, 1u);
}

TEST_F(HistogramViewTest, IsOfEachProcess) {
  Analysis analysis({file_.path()}, {}, 2);
  HistogramOptions options;
  options.split = SplitBy::kPid;
  const Histograms all = histograms(analysis, options);
  EXPECT_EQ(csv(histogram_tables(all)[0]),
            "split,trace,function,from_ns,to_ns,calls,time_ns\n"
            "8,1,f,256,511,1,500\n"
            "7,1,f,64,127,2,219\n"
            "7,1,g,2,3,1,3\n");
  const std::string text = printed(all);
  EXPECT_EQ(text.substr(0, text.find('\n')), "f, pid 8: 1 call");
  EXPECT_NE(text.find("f, pid 7, client backend: 2 calls\n"), std::string::npos);
  EXPECT_NE(text.find("\n\nno calls of: h\n"), std::string::npos);
  options.limit = 2;
  const Histograms largest = histograms(analysis, options);
  EXPECT_EQ(largest.all.size(), 2u);
  EXPECT_EQ(largest.left_out, 1u);
}

}  // namespace
}  // namespace pgrec

// Covers analyze/report/histogram_view.h: the histograms of several functions, as text and as
// tables. The drawing of one: format/print/histogram_test.cc.
#include "analyze/report/histogram_view.h"

#include <gtest/gtest.h>

#include <sstream>

namespace pgrec {
namespace {

FunctionFigures figures(const std::string& name, std::vector<Bucket> buckets) {
  FunctionFigures one;
  one.name = name;
  for (const Bucket& bucket : buckets) {
    one.profile.calls += bucket.calls;
    one.profile.total += bucket.total;
  }
  one.profile.returned = one.profile.calls;
  one.profile.exact = true;
  one.profile.buckets = std::move(buckets);
  return one;
}

std::string printed(const std::vector<FunctionFigures>& functions) {
  std::ostringstream out;
  print_histograms(out, functions);
  return out.str();
}

TEST(PrintHistograms, SeparatesThemByALine) {
  EXPECT_EQ(printed({}), "");
  EXPECT_EQ(printed({figures("f", {}), figures("g", {})}), "f: 0 calls\n\ng: 0 calls\n");
}

TEST(PrintHistograms, SaysOnceThatPercentilesAreNotExact) {
  auto functions = std::vector{figures("f", {{2, 3, 1, Duration(3)}}), figures("g", {}),
                               figures("h", {{2, 3, 1, Duration(3)}})};
  const std::string note =
      "\npercentiles are at most 3.2 % off; --exact reads every call to find them exactly\n";
  EXPECT_EQ(printed(functions).find(note), std::string::npos);
  functions[1].profile.exact = false;  // without a call that returned it has none
  EXPECT_EQ(printed(functions).find(note), std::string::npos);
  functions[0].profile.exact = functions[2].profile.exact = false;
  const std::string text = printed(functions);
  ASSERT_GT(text.size(), note.size());
  EXPECT_EQ(text.find(note), text.size() - note.size());
}

TEST(HistogramTables, HaveTheBucketsOfAllFunctionsAndTheirFigures) {
  auto functions =
      std::vector{figures("f", {{2, 3, 2, Duration(5)}, {4, 7, 1, Duration(6)}}), figures("g", {})};
  functions[0].profile.calls = 5;
  functions[0].profile.p50 = Duration(3);
  functions[0].profile.p90 = Duration(5);
  functions[0].profile.p99 = functions[0].profile.max = Duration(6);
  const std::vector<Table> tables = histogram_tables(functions);
  ASSERT_EQ(tables.size(), 2u);
  std::ostringstream buckets;
  print(buckets, {tables[0]}, OutputFormat::kCsv);
  EXPECT_EQ(buckets.str(),
            "function,from_ns,to_ns,calls,time_ns\n"
            "f,2,3,2,5\n"
            "f,4,7,1,6\n");
  std::ostringstream all;
  print(all, {tables[1]}, OutputFormat::kCsv);
  EXPECT_EQ(
      all.str(),
      "function,calls,returned,total_ns,mean_ns,p50_ns,p90_ns,p99_ns,max_ns,exact,short_calls,"
      "max_at_most_ns\n"
      "f,5,3,11,3,3,5,6,6,1,0,\n"
      "g,0,0,0,0,0,0,0,0,1,0,\n");
  functions[0].profile.short_calls = 2;
  functions[0].profile.max_known = functions[0].profile.exact = false;
  std::ostringstream filtered;
  print(filtered, {histogram_tables(functions)[1]}, OutputFormat::kCsv);
  EXPECT_NE(filtered.str().find("f,5,3,11,3,3,5,6,,0,2,6\n"), std::string::npos) << filtered.str();
}

}  // namespace
}  // namespace pgrec

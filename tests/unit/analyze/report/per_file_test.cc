// Covers analyze/report/per_file.h.
#include "analyze/report/per_file.h"

#include <gtest/gtest.h>

#include <sstream>

namespace pgrec {
namespace {

Table facts(std::int64_t number) {
  return {"facts", "", {{"key", "key"}, {"value", "value"}}, {{std::string("calls"), number}}};
}

std::string printed(const PerFile& report, OutputFormat format) {
  std::ostringstream out;
  report.print(out, format, {});
  return out.str();
}

TEST(PerFileTest, OfOneFileIsItsReport) {
  PerFile report(1);
  report.add("a.pgt", {facts(1)});
  EXPECT_EQ(printed(report, OutputFormat::kText), "key    value\ncalls      1\n");
  EXPECT_EQ(printed(report, OutputFormat::kCsv), "key,value\ncalls,1\n");
}

TEST(PerFileTest, NamesEachOfSeveral) {
  PerFile report(2);
  report.add("a.pgt", {facts(1)});
  report.add("b.pgt", {facts(2), {"damages", "", {{"offset", "offset"}}, {{std::int64_t{9}}}}});
  EXPECT_EQ(printed(report, OutputFormat::kText),
            "a.pgt\n\nkey    value\ncalls      1\n\n"
            "b.pgt\n\nkey    value\ncalls      2\n\noffset\n     9\n");
  EXPECT_EQ(printed(report, OutputFormat::kCsv), "file,key,value\na.pgt,calls,1\nb.pgt,calls,2\n");
  EXPECT_EQ(printed(report, OutputFormat::kJson),
            "{\"facts\": [\n"
            "  {\"file\": \"a.pgt\", \"key\": \"calls\", \"value\": 1},\n"
            "  {\"file\": \"b.pgt\", \"key\": \"calls\", \"value\": 2}\n"
            "],\n"
            "\"damages\": [\n"
            "  {\"file\": \"b.pgt\", \"offset\": 9}\n"
            "]}\n");
}

}  // namespace
}  // namespace pgrec

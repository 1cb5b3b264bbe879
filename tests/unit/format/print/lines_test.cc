// Covers format/print/lines.h: cells aligned in columns.
#include "format/print/lines.h"

#include <gtest/gtest.h>

#include <sstream>

namespace pgrec {
namespace {

std::string printed(const Lines& lines) {
  std::ostringstream out;
  lines.print(out);
  return out.str();
}

TEST(Lines, HaveColumnsAsWideAsTheirWidestCells) {
  Lines lines({1, 2});
  lines.add({"function", "calls", "p", "reason"});
  lines.add({"f", "12", "1234", ""});
  lines.add({"", "123456", "", "it is gone"});
  EXPECT_EQ(printed(lines),
            "function   calls     p  reason\n"
            "f             12  1234\n"
            "          123456        it is gone\n");
}

TEST(Lines, MayHaveFewerCellsThanOthers) {
  Lines lines({1});
  lines.add({"a heading of its own"});
  lines.add({"f", "1", "x"});
  lines.add({});
  EXPECT_EQ(printed(lines),
            "a heading of its own\n"
            "f                     1  x\n"
            "\n");
}

TEST(Lines, StandBehindTheirIndentButWhereTheyAreEmpty) {
  Lines lines({}, "  ");
  lines.add({"a", "b"});
  lines.add({" ", ""});
  EXPECT_EQ(printed(lines), "  a  b\n\n");
}

TEST(Lines, AreNoneWhereNoneWasAdded) {
  EXPECT_EQ(printed(Lines({0, 7})), "");
}

}  // namespace
}  // namespace pgrec

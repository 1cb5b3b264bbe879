// Covers analyze/statement_rows.h: which part of a text is a statement.
#include "analyze/statement_rows.h"

#include <gtest/gtest.h>

namespace pgrec {
namespace {

std::string part(const std::string& text, std::uint64_t from, std::uint64_t bytes,
                 bool cut = false) {
  return statement_in({{}, cut, false, text}, from, bytes).value_or("(the whole)");
}

TEST(StatementIn, IsThePartWithoutWhatIsAroundIt) {
  EXPECT_EQ(part("SELECT 1; SELECT 2 ;", 0, 8), "SELECT 1");
  EXPECT_EQ(part("SELECT 1; SELECT 2 ;", 9, 10), "SELECT 2");
  EXPECT_EQ(part("SELECT 1;\n\tSELECT 2", 9, 0), "SELECT 2");
}

TEST(StatementIn, IsTheWholeWhereNothingIsSaid) {
  EXPECT_EQ(part("SELECT 1;", 0, 0), "(the whole)");
  EXPECT_EQ(part("SELECT 1", 0, 8), "(the whole)");
}

TEST(StatementIn, IsTheWholeWhereThePartIsNotInIt) {
  const std::string text = "SELECT 1";
  for (const std::uint64_t far : {std::uint64_t{8}, std::uint64_t{9}, UINT64_MAX}) {
    EXPECT_EQ(part(text, far, 0), "(the whole)");
    EXPECT_EQ(part(text, far, 1), "(the whole)");
    EXPECT_EQ(part(text, 1, far), "(the whole)");
    EXPECT_EQ(part(text, far, UINT64_MAX), "(the whole)");
  }
  EXPECT_EQ(part("SELECT 1; ;", 9, 1), "(the whole)");
  EXPECT_EQ(part("", 0, 1), "(the whole)");
}

TEST(StatementIn, IsWhatIsThereOfATextThatWasCut) {
  EXPECT_EQ(part("SELECT 1; SELECT 'aa", 9, 100, true), "SELECT 'aa");
  EXPECT_EQ(part("SELECT 1; SELECT 'aa", 20, 5, true), "(the whole)");
}

// Its places are those of the query, and not of what was kept of it.
TEST(StatementIn, IsTheWholeOfATextThatIsNotTheQuery) {
  Text text{{}, false, false, "SELECT $1; SELECT $2"};
  text.normalized = true;
  EXPECT_EQ(statement_in(text, 9, 5), std::nullopt);
  text = {{}, false, false, ""};
  text.withheld = true;
  EXPECT_EQ(statement_in(text, 9, 5), std::nullopt);
}

}  // namespace
}  // namespace pgrec

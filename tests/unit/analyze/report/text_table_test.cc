// Covers analyze/report/text_table.h: tables in as much room as there is.
#include "analyze/report/text_table.h"

#include <gtest/gtest.h>

#include <sstream>

namespace pgrec {
namespace {

std::string printed(const Table& table, const Layout& layout) {
  std::ostringstream out;
  print_text(out, table, layout);
  return out.str();
}

// A statement that may be cut, and two numbers that may go.
Table statements() {
  Table table{"statements",
              "",
              {{"calls", "calls"}, {"p90", "p90"}, {"client", ""}, {"text", "statement"}},
              {{std::int64_t{1}, std::int64_t{90}, "10.0.0.1 and more than that",
                "SELECT * FROM orders WHERE id = $1"},
               {std::int64_t{22}, std::int64_t{9}, "local", "BEGIN"}}};
  table.columns[1].priority = 1;
  table.columns[2].priority = 2;
  table.columns[3].flexible = true;
  return table;
}

TEST(TextTable, CutsTextsToTheWidth) {
  EXPECT_EQ(printed(statements(), {65, false}),
            "calls  p90                               statement\n"
            "    1   90  10.0.0.1 and more than that  SELECT * FROM orders WH…\n"
            "   22    9  local                        BEGIN\n");
}

TEST(TextTable, NamesTheColumnsThatFoundNoRoom) {
  EXPECT_EQ(printed(statements(), {40, false}),
            "calls  p90  statement\n"
            "    1   90  SELECT * FROM orders WHERE …\n"
            "   22    9  BEGIN\n"
            "--wide shows 1 more column\n");
  EXPECT_EQ(printed(statements(), {51, false}),
            "calls  p90                               statement\n"
            "    1   90  10.0.0.1 and more than that  SELECT * …\n"
            "   22    9  local                        BEGIN\n");
}

TEST(TextTable, NamesThemByHeadingOrKey) {
  Table table = statements();
  table.rows[0][3] = std::string(200, 'x');
  table.columns[0].heading = std::string(30, 'c');
  EXPECT_EQ(printed(table, {60, false}).substr(0, 10), "cccccccccc");
  table.columns[3].flexible = false;
  const std::string all = printed(table, {60, false});
  EXPECT_EQ(all.substr(all.rfind("\n", all.size() - 2) + 1),
            "not shown for want of width: p90, client; --wide shows all\n");
}

TEST(TextTable, NamesAsManyAsALineHasRoomFor) {
  Table table{"t", "", {{"a", "a"}}, {{"x"}}};
  for (const char* const name :
       {"first_column", "second_column", "third_column", "fourth_column"}) {
    table.columns.push_back({name, name});
    table.columns.back().priority = 1;
    table.rows[0].emplace_back(std::int64_t{1'000'000'000'000'000'000});
    table.columns.back().unit = Unit::kCount;
  }
  EXPECT_EQ(printed(table, {70, false}),
            "a               first_column              second_column\n"
            "x  1,000,000,000,000,000,000  1,000,000,000,000,000,000\n"
            "not shown for want of width: third_column and 1 more; --wide shows all\n");
}

TEST(TextTable, CutsNothingWhereItMayBeWide) {
  Table table = statements();
  table.rows[1][3] = std::string(300, 'x');
  const std::string wide = printed(table, {40, true});
  EXPECT_NE(wide.find(std::string(300, 'x')), wide.npos);
  EXPECT_NE(wide.find("10.0.0.1 and more than that"), wide.npos);
}

TEST(TextTable, CutsOnlyLongTextsWhereThereIsAnyWidth) {
  Table table{"t", "", {{"a", "a"}, {"b", "b"}}, {{std::string(121, 'x'), std::string(120, 'y')}}};
  EXPECT_EQ(printed(table, {}), "a" + std::string(121, ' ') + "b\n" + std::string(119, 'x') +
                                    "…  " + std::string(120, 'y') + "\n");
}

TEST(TextTable, CutsNotes) {
  const Table table{"t", "", {{"a", "a"}}, {{"x"}}, {{std::string(60, 'n'), "short"}}};
  EXPECT_EQ(printed(table, {40, false}), "a\nx\n    " + std::string(35, 'n') + "…\n    short\n");
  EXPECT_EQ(printed(table, {40, true}), "a\nx\n    " + std::string(60, 'n') + "\n    short\n");
}

TEST(TextTable, SaysHowManyRowsALimitTook) {
  Table table{"t", "", {{"a", "a"}}, {{"x"}, {"y"}}};
  table.left_out = 1;
  EXPECT_EQ(printed(table, {}), "a\nx\ny\n1 more row; --limit 3 shows all\n");
  table.left_out = 1'000;
  EXPECT_EQ(printed(table, {}), "a\nx\ny\n1,000 more rows; --limit 1002 shows all\n");
}

// Whatever is in a table and whatever the width: no line is longer, none is missing.
TEST(TextTable, NeverWraps) {
  for (std::size_t width = 40; width <= 140; ++width) {
    for (std::size_t count = 1; count <= 12; ++count) {
      Table table{"t", "", {}, std::vector<std::vector<SqlValue>>(3)};
      for (std::size_t c = 0; c < count; ++c) {
        Column& column = table.columns.emplace_back(Column{"k", std::string(1 + c * 5 % 23, 'h')});
        column.flexible = c % 3 == 0;
        column.priority = static_cast<int>(c % 4);
        table.rows[0].emplace_back(std::string(1 + c * 37 % 90, 't'));
        table.rows[1].emplace_back();
        table.rows[2].emplace_back(c % 2 == 0 ? SqlValue(std::int64_t{1234567890123})
                                              : SqlValue("\x1B ä"));
      }
      std::istringstream lines(printed(table, {width, false}));
      std::size_t seen = 0;
      for (std::string line; std::getline(lines, line); ++seen)
        EXPECT_LE(columns_of(line), width) << line;
      EXPECT_GE(seen, 4u);
    }
  }
}

}  // namespace
}  // namespace pgrec
